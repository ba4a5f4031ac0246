//! A small shop: what was recorded of it, and how it can misbehave.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use checkagent::cassette::json::{Edit, Pointer};
use checkagent::cassette::key::Key;
use checkagent::cassette::{
    CODE, CallReply, CallRequest, Cassette, Channel, ChannelKind, Fidelity, Header, HttpReply, Interaction, Reply,
    Request,
};
use checkagent::mutation::{Bend, Custom, Fault, Loss, Refusal, Rewrite, Scope, WaitEncoding, WaitHint, custom};
use checkagent::{Answer, Operator, Plan, Report, Suite, Verdict, World};
use serde_json::{Value, json};

pub type AnswerFuture = Pin<Box<dyn Future<Output = Answer>>>;
pub type Agent = fn(World) -> AnswerFuture;

/// The interactions of the recording, by number.
pub const ORDER: usize = 1;
pub const PAY: usize = 2;
pub const RECEIPT: usize = 3;

fn call(name: &str, effect: bool, args: Value, returned: Value) -> Interaction {
    Interaction {
        number: 0,
        channel: CODE.into(),
        key: Key::default(),
        request: Request::Call(CallRequest { name: name.into(), effect, args, id: None }),
        reply: Reply::Call(CallReply::Returned(returned)),
        latency: Some(Duration::from_millis(2)),
        fidelity: Fidelity::Wire,
    }
}

/// An order is read, paid, and its receipt read.
fn recording() -> Cassette {
    let interactions = vec![
        call("order", false, json!("o-1"), json!({"id": "o-1", "amount": 4200, "status": "open"})),
        call("pay", true, json!({"order": "o-1", "amount": 4200}), json!({"payment": "p-77", "status": "paid"})),
        call("receipt", false, json!("p-77"), json!({"total": 4200})),
    ];
    let header = Header {
        name: "shop".to_owned(),
        recorded_at: "2026-01-01T00:00:00Z".to_owned(),
        recorder: "test".to_owned(),
        matching: checkagent::Matching::default(),
        channels: BTreeMap::from([(CODE.to_owned(), Channel { kind: ChannelKind::Code })]),
    };
    Cassette::new(header, interactions)
}

/// The report of the only case, in the shop.
pub fn report_with(agent: Agent, operator: impl Operator, more: impl FnOnce(Plan) -> Plan) -> Report {
    one_case(&recording(), agent, operator, more)
}

/// The report of the only case that an operator makes of a recording.
pub fn one_case(
    recording: &Cassette,
    agent: Agent,
    operator: impl Operator,
    more: impl FnOnce(Plan) -> Plan,
) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording.json");
    recording.save(&path).unwrap();
    let source = checkagent::__private::Source {
        module: "verdicts::agent",
        function: "agent",
        file: file!(),
        line: line!(),
        manifest_dir: "",
    };
    let plan = Plan::new(source, agent, |_, _| {}).cassette(path.to_str().unwrap()).mutations(operator);
    let suite = Suite::load(more(plan)).unwrap();
    let [case] = suite.matrix().cases.as_slice() else { panic!("one case: {:?}", suite.matrix().cases) };
    let report = suite.run(case).unwrap();
    let stored = suite.stored(&report).unwrap().to_json();
    let again = suite.judge_again(&checkagent::StoredCase::parse(&stored).unwrap());
    let bytes = |verdict: &Verdict| serde_json::to_string(verdict).unwrap();
    assert_eq!(bytes(&again), bytes(&report.verdict), "a stored ledger is judged as it was");
    report
}

/// The verdict of the only case.
pub fn verdict(agent: Agent, operator: impl Operator) -> Verdict {
    report_with(agent, operator, |plan| plan).verdict
}

pub type Closure = Box<dyn Fn(&Interaction) -> Option<Bend> + Send + Sync>;

fn at(id: &'static str, number: usize, bend: impl Fn(&Interaction) -> Bend + Send + Sync + 'static) -> Custom<Closure> {
    let bend: Closure = Box::new(move |interaction| (interaction.number == number).then(|| bend(interaction)));
    custom(id, bend)
}

/// An error in front of a call, so many times.
pub fn fails(number: usize, times: u32) -> Custom<Closure> {
    at("fails", number, move |_| Bend::Fault { at: number, fault: Fault::status(503, "{}"), times })
}

/// The call is done, and its reply lost.
pub fn loses_reply(number: usize) -> Custom<Closure> {
    at("loses_reply", number, move |_| Bend::Lose { at: number, loss: Loss::Reset })
}

/// No reply at all.
pub fn stalls(number: usize) -> Custom<Closure> {
    at("stalls", number, move |_| Bend::Fault { at: number, fault: Fault::Stall, times: 1 })
}

/// A limit that asks to wait a minute.
pub fn limits(number: usize) -> Custom<Closure> {
    at("limits", number, move |_| Bend::Limit {
        at: number,
        wait: Duration::from_secs(60),
        refusal: Refusal::Reply {
            reply: HttpReply { status: 429, ..HttpReply::default() },
            hint: Some(WaitHint { header: "retry-after".to_owned(), encoding: WaitEncoding::Seconds }),
        },
    })
}

/// Another value at a place of a reply.
pub fn says(number: usize, at_place: &'static str, value: Value) -> Custom<Closure> {
    at("says", number, move |_| {
        let rewrite = Rewrite::edit(Edit::Set { at: Pointer::parse(at_place), value: value.clone() });
        Bend::Rewrite { at: number, scope: Scope::Interaction, rewrite }
    })
}
