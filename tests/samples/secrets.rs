//! An agent that has seven secrets, and a service that cannot keep them. It copies the journal while it is recorded.

use checkagent::{World, agent_test};
use checkagent_tests::agent::Client;
use serde_json::json;

fn secret(name: &str) -> String {
    std::env::var(format!("SAMPLE_{name}")).unwrap_or_else(|_| format!("no-{name}"))
}

fn copy_journal(name: &str) {
    if let Some(folder) = std::env::var_os("SAMPLE_COPIES") {
        let folder = std::path::Path::new(&folder);
        std::fs::create_dir_all(folder).unwrap();
        let journal = concat!(env!("CARGO_MANIFEST_DIR"), "/cassettes/secrets.journal");
        // In the replay there is none.
        let _ = std::fs::copy(journal, folder.join(name));
    }
}

#[agent_test(
    layer = "replay",
    cassette = "cassettes/secrets.json",
    upstream(api = "http://127.0.0.1:1/v1"),
    mutations = [server_error()]
)]
async fn secrets(world: World) -> Result<String, String> {
    let base = world.http("api");
    let mut client = Client::new();
    client.headers = vec![
        ("x-api-key".to_owned(), secret("HEADER")),
        // What the service is to set as a cookie.
        ("x-next-session".to_owned(), secret("COOKIE")),
    ];
    let login = json!({
        "client_secret": secret("MEMBER"),
        "note": format!("the other side uses Bearer {}, take care", secret("BEARER")),
    });
    let reply = client.send("POST", &format!("{base}/login?api_key={}&limit=5", secret("QUERY")), Some(login)).await?;
    copy_journal("after-login");
    let cookie = reply.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok());
    let cookie = cookie.and_then(|cookie| cookie.split(';').next()).unwrap_or("session=none").to_owned();
    client.headers.push(("cookie".to_owned(), cookie));
    let account = std::env::var("SAMPLE_ACCOUNT").unwrap_or_else(|_| "/account".to_owned());
    let reply = client.send("GET", &format!("{base}{account}"), None).await?;
    copy_journal("after-error");
    let error = checkagent_tests::agent::json_of(&reply)?["error"].clone();
    client.send("GET", &format!("{base}/status"), None).await?;
    copy_journal("at-the-end");
    // What the agent was told goes into its answer, and from there into reports.
    Ok(format!("{}: {error}", reply.status()))
}

checkagent::main!();
