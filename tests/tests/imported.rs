//! A recording of another tool, imported and then tested: a model's traffic, its tool lifted out of it, the whole matrix.

use std::path::Path;
use std::pin::Pin;

use bytes::Bytes;
use checkagent::cassette::import::Importer;
use checkagent::cassette::{Fidelity, Request};
use checkagent::{Answer, EffectError, Plan, Standing, Suite, World};
use http_body_util::BodyExt;
use serde_json::{Value, json};

/// Asks a model, does what it says, tells it what came of it, and looks at a shop's orders.
fn agent(world: World) -> Pin<Box<dyn Future<Output = Answer>>> {
    Box::pin(async move {
        match run(&world).await {
            Ok(answer) => Answer::done(answer),
            Err(problem) => Answer::error(problem),
        }
    })
}

async fn run(world: &World) -> Result<Value, String> {
    let mut request = json!({
        "model": "m-1", "messages": [{"role": "user", "content": "Is order 4711 paid?"}],
        "tools": [{"type": "function", "function": {"name": "get_order"}}],
    });
    let said = chat(world, &request).await?;
    let call = &said["tool_calls"][0];
    let name = call["function"]["name"].as_str().ok_or("no tool is called")?;
    let arguments = call["function"]["arguments"].as_str().unwrap_or_default();
    let arguments: Value = serde_json::from_str(arguments).map_err(|error| error.to_string())?;
    let order: Result<Value, EffectError> = world.query(name, &arguments, || async { unreachable!("replay") }).await;
    let order = order.map_err(|error| error.to_string())?;
    let paid = order["paid"].as_bool().ok_or("the order does not say whether it is paid")?;
    let messages = request["messages"].as_array_mut().ok_or("no messages")?;
    messages.push(json!({"role": "assistant", "content": null, "tool_calls": [call]}));
    messages.push(json!({"role": "tool", "tool_call_id": call["id"], "content": order.to_string()}));
    let answer = chat(world, &request).await?;
    let page = exchange(world, "shop", http::Request::get("/orders?page=2"), Value::Null).await?;
    Ok(json!({"said": answer["content"], "paid": paid, "orders": page["items"]}))
}

async fn chat(world: &World, request: &Value) -> Result<Value, String> {
    let post = http::Request::post("/v1/chat/completions").header("content-type", "application/json");
    let reply = exchange(world, "model_2", post, request.clone()).await?;
    Ok(reply["choices"][0]["message"].clone())
}

async fn exchange(world: &World, channel: &str, request: http::request::Builder, body: Value) -> Result<Value, String> {
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    let request = request.body(body).map_err(|error| error.to_string())?;
    let reply = world.exchange(channel, request).await.map_err(|error| error.to_string())?;
    let status = reply.status();
    let body = reply.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
    if !status.is_success() {
        return Err(format!("status {status}"));
    }
    serde_json::from_slice(&body).map_err(|error| error.to_string())
}

#[test]
fn an_imported_recording_of_a_model_is_ready_for_the_matrix_with_its_lifted_tool() {
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/vcr_py/session.yaml");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.json");
    let imported = Importer::new().file(&seed, &mut |cassette| cassette.save(&path).unwrap());
    assert_eq!((imported.interactions, imported.by_fidelity[&Fidelity::Lifted]), (4, 1));
    let source = checkagent::__private::Source {
        module: "imported",
        function: "agent",
        file: file!(),
        line: line!(),
        manifest_dir: "",
    };
    let suite = Suite::load(Plan::new(source, agent, |_, _| {}).cassette(path.to_str().unwrap())).unwrap();
    let baseline = suite.baseline().unwrap();
    assert_eq!(
        baseline.answer,
        Answer::done(json!({"said": "Yes.", "paid": true, "orders": [{"id": 1, "price": 1.5}]}))
    );
    assert_eq!(baseline.effects, [0; 0], "asking a model is no effect");

    let tool = suite
        .recording()
        .interactions()
        .iter()
        .find(|interaction| matches!(&interaction.request, Request::Call(call) if call.name == *"get_order"))
        .unwrap();
    assert_eq!(tool.fidelity, Fidelity::Lifted);
    let reports = suite.run_all().unwrap();
    let at_the_tool: Vec<_> = reports.iter().filter(|report| report.case.site().interaction == tool.number).collect();
    assert!(at_the_tool.len() >= 4, "the lifted call is bent: {} cases", at_the_tool.len());
    // The field that the agent depends on is missed by it, and it says so.
    let renamed = at_the_tool.iter().find(|report| report.case.name().starts_with("rename_field@2:paid:"));
    assert_eq!(renamed.unwrap().verdict.kind.standing(), Standing::Passing);
    assert!(reports.iter().all(|report| report.case.operator().id() != "expired_page_token"), "a talk has no pages");
}
