//! The `#[agent_test]` attribute of `checkagent`, which re-exports it: depend on `checkagent`, not on this crate.
//!
//! The attribute goes through three steps, one module each:
//!
//! 1. `parse` reads the arguments and the function without judging them. A syntax error in one argument does not hide
//!    the others.
//! 2. `check` judges, and collects every mistake at the token that holds it.
//! 3. `expand` writes the plan, the registration and the `#[test]` beside the function.

use proc_macro::TokenStream;
use quote::quote;

mod check;
mod expand;
mod mistakes;
mod parse;
mod plain;

/// Makes an agent test out of an `async fn`: a recording is replayed under every failure that it supports.
///
/// ```ignore
/// use checkagent::{World, agent_test};
///
/// #[agent_test(
///     layer = "replay",
///     cassette = "cassettes/refund.json",
///     upstream(payments = "https://api.stripe.com", records = records_url()),
///     mutations = [rate_limit(), timeout()],
///     expect(rate_limit = recovered, "timeout@2" = silently_wrong("known, see issue 12")),
///     reads = ["POST /v1/search"],
/// )]
/// async fn refund(world: World) -> Result<Report, RefundError> {
///     refund_agent(&world.http("payments"), &world.http("records")).await
/// }
/// ```
///
/// The function takes the world of one case and returns the agent's answer. It stays as it is written. A private module
/// of the same name is put beside it, so the test is called `refund::replay`; a type or a module of that name in the
/// same place is a name clash.
///
/// # Arguments
///
/// | argument | meaning |
/// |---|---|
/// | `layer = "replay"` | required; what the agent gets and whether it may use the network |
/// | `cassette = "cassettes/refund.json"` | required; the recording, relative to the crate's folder |
/// | `upstream(name = "https://...")` | the real services by name; any expression that is `Into<String>` |
/// | `mutations = [a(), b()]` | operators, or lists of them; without it the default set, with `[]` the baseline alone |
/// | `expect(key = verdict)` | the verdict of an operator (`rate_limit`) or of one case (`"timeout@2"`) |
/// | `pass(recovered, unaffected)` | narrows the passing verdicts |
/// | `reads = ["POST /v1/search"]` | calls that only read, whatever their method says |
/// | `effects = ["GET /v1/logout"]` | calls that change something, whatever their method says |
/// | `redact = expr` | what is taken out of the recording before it reaches the disk |
/// | `matching = expr` | how a request finds its recorded reply |
/// | `goal = expr` | compares two answers, for example two free texts |
/// | `check = expr` | what has to be true of a run that claims to be done: `fn(&Run) -> Result<(), String>` |
/// | `policy = expr` | what the agent must never do |
/// | `budget = expr` | how much a run may use |
/// | `model = gullible` | who answers for a model where nothing is recorded: `branch`, `oblivious`, `gullible`, `fabricator`, `stubborn`, `invalid`, `quitter`, `stop`, `script(function)` |
/// | `model = replaced(gullible)` | the same, but it takes the model's place in every case, from the first request on |
/// | `strict` | what a stand-in leads to counts as what a model leads to |
/// | `live = ["orders"]` | channels that are asked for real, beside the model, when branches are recorded |
/// | `crate = path` | where `checkagent` is, if it is not `::checkagent` |
///
/// Inside `mutations` the built-in operators are in scope. A name of your own, imported or defined around the function,
/// wins over a built-in one; the built-in one is then reached as `checkagent::mutation::builtin::rate_limit()`.
///
/// # Verdicts
///
/// - passing: `recovered`, `unaffected`, `adapted`, `admitted`
/// - undecided: `misled`, `model_dependent`, `diverged`, `unreached`
/// - failing: `silently_wrong`, `policy_violation`, `compromised`, `duplicate_effect`, `runaway`, `hung`, `panicked`
///
/// `expect` takes all of them. A failing one is tolerated only with a reason, as in `panicked("issue 7")`. `pass` takes
/// the passing ones.
///
/// # Other attributes
///
/// `#[ignore]` and `#[ignore = "reason"]` are passed on to the test. `#[test]`, `#[tokio::test]` and `#[should_panic]`
/// are errors. Everything else stays on the function.
#[proc_macro_attribute]
pub fn agent_test(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = parse::arguments(attribute.into());
    let item = parse::item(item.into());
    let tokens = match check::check(arguments, &item) {
        Ok(test) => expand::expand(&test),
        Err(error) => {
            // The item goes out again, so that its users find it and the editor still knows its body.
            let (errors, item) = (error.into_compile_error(), item.quiet());
            quote! { #errors #item }
        }
    };
    tokens.into()
}

/// Makes a plain test that also runs in a target with `harness = false`, where rustc drops `#[test]` without a word.
///
/// ```ignore
/// #[checkagent::test]
/// fn amounts_are_formatted() {
///     assert_eq!(format_amount(1250), "12.50");
/// }
/// ```
///
/// `#[ignore]` stays; the function takes nothing and may return a `Result`.
#[proc_macro_attribute]
pub fn test(attribute: TokenStream, item: TokenStream) -> TokenStream {
    plain::expand(&attribute.into(), &parse::item(item.into())).into()
}
