//! Small recordings for the unit tests of this crate.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use checkagent_cassette::key::Key;
use checkagent_cassette::{
    Body, CallReply, CallRequest, Cassette, Channel, ChannelKind, Content, Fidelity, Frame, Header, HttpReply,
    HttpRequest, Interaction, Reply, Request,
};

use crate::ledger::{Ledger, Outcome};
use crate::mutation::{Bend, Family, Mutation, Operator, Site, Truth};
use crate::recording::Recording;
use crate::stand_in::StandIn;
use crate::world::{Reaction, Replay, Setting};

pub(crate) const CHANNEL: &str = "api";

/// Calls that a session may make.
pub(crate) const CALLS: usize = 200;

/// A request with a JSON body (`null` for none).
pub(crate) fn request(method: &str, target: &str, body: &Value) -> Request {
    let body = if body.is_null() { Body::Empty } else { Body::from_json(body) };
    Request::Http(HttpRequest { method: method.into(), target: target.into(), headers: Vec::new(), body })
}

/// A request with one more header.
pub(crate) fn with_header(request: Request, name: &str, value: &str) -> Request {
    match request {
        Request::Http(mut http) => {
            http.headers.push((name.into(), value.into()));
            Request::Http(http)
        }
        other @ Request::Call(_) => other,
    }
}

/// One exchange: method, target, the request's document, the reply's document.
pub(crate) type Exchange<'e> = (&'e str, &'e str, Value, Value);

/// A recording of these exchanges, every reply with status 200.
pub(crate) fn recording(exchanges: &[Exchange<'_>]) -> Arc<Recording> {
    let taped = exchanges.iter().map(|(method, target, body, reply)| {
        let asked = if body.is_null() { taped(method, target) } else { taped(method, target).body(body) };
        asked.reply(reply)
    });
    recording_of(taped.collect())
}

/// A recording of these interactions, in this order.
pub(crate) fn recording_of(taped: Vec<Taped>) -> Arc<Recording> {
    let kind = |channel: &str| match channel {
        checkagent_cassette::CODE => ChannelKind::Code,
        channel => ChannelKind::Http { base: format!("http://{channel}.example") },
    };
    let channels = taped.iter().map(|taped| {
        let channel = taped.0.channel.to_string();
        let kind = kind(&channel);
        (channel, Channel { kind })
    });
    let header = Header {
        name: "fixture".to_owned(),
        recorded_at: "2026-01-01T00:00:00Z".to_owned(),
        recorder: "test".to_owned(),
        matching: checkagent_cassette::key::Matching::default(),
        channels: channels.collect(),
    };
    let interactions = taped.into_iter().map(|taped| taped.0).collect();
    Recording::new(Cassette::new(header, interactions), Vec::new())
}

/// One interaction of a recording, put together piece by piece. Without more it is answered 200 with nothing.
#[derive(Clone)]
pub(crate) struct Taped(Interaction);

/// An HTTP exchange on [`CHANNEL`].
pub(crate) fn taped(method: &str, target: &str) -> Taped {
    Taped(Interaction {
        number: 0,
        channel: CHANNEL.into(),
        key: Key::default(),
        request: request(method, target, &Value::Null),
        reply: Reply::Http(HttpReply { status: 200, ..HttpReply::default() }),
        latency: Some(Duration::from_millis(5)),
        fidelity: Fidelity::Wire,
    })
}

/// A call of the agent's own code, and what it returned.
pub(crate) fn taped_call(name: &str, effect: bool, args: &Value, returned: &Value) -> Taped {
    let mut taped = taped("GET", "/");
    taped.0.channel = checkagent_cassette::CODE.into();
    taped.0.request = Request::Call(CallRequest { name: name.into(), effect, args: args.clone(), id: None });
    taped.0.reply = Reply::Call(CallReply::Returned(returned.clone()));
    taped
}

impl Taped {
    fn asked(mut self, change: impl FnOnce(&mut HttpRequest)) -> Self {
        if let Request::Http(http) = &mut self.0.request {
            change(http);
        }
        self
    }

    fn answered(mut self, change: impl FnOnce(&mut HttpReply)) -> Self {
        if let Reply::Http(http) = &mut self.0.reply {
            change(http);
        }
        self
    }

    /// The request alone.
    pub(crate) fn into_request(self) -> Request {
        self.0.request
    }

    /// The request's document.
    pub(crate) fn body(self, body: &Value) -> Self {
        self.asked(|http| http.body = Body::from_json(body))
    }

    /// The request's body as it is sent.
    pub(crate) fn text(self, text: &str) -> Self {
        self.asked(|http| http.body = Body::from_bytes(text.as_bytes()))
    }

    /// A header of the request.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        self.asked(|http| http.headers.push((name.into(), value.into())))
    }

    /// The reply's document.
    pub(crate) fn reply(self, body: &Value) -> Self {
        self.answered(|http| http.content = Content::Whole(Body::from_json(body)))
    }

    /// The reply's body as it is sent.
    pub(crate) fn reply_text(self, text: &str) -> Self {
        self.answered(|http| http.content = Content::Whole(Body::from_bytes(text.as_bytes())))
    }

    /// The reply as a stream of these pieces.
    pub(crate) fn reply_frames(self, pieces: &[&str]) -> Self {
        let frame = |piece: &&str| Frame { after: Some(Duration::from_millis(10)), data: Body::Text((*piece).into()) };
        self.answered(|http| http.content = Content::Frames(pieces.iter().map(frame).collect()))
    }

    /// The reply as it is.
    pub(crate) fn reply_with(self, reply: HttpReply) -> Self {
        self.answered(|http| *http = reply)
    }

    /// A header of the reply.
    pub(crate) fn reply_header(self, name: &str, value: &str) -> Self {
        self.answered(|http| http.headers.push((name.into(), value.into())))
    }

    /// The reply's status.
    pub(crate) fn status(self, status: u16) -> Self {
        self.answered(|http| http.status = status)
    }

    /// On another channel.
    pub(crate) fn on(mut self, channel: &str) -> Self {
        self.0.channel = channel.into();
        self
    }
}

/// No policy, and nobody who answers for a model.
fn setting() -> Setting {
    Setting {
        redaction: checkagent_cassette::redact::Redaction::default(),
        allowed_calls: CALLS,
        policy: crate::policy::Policy::new(),
        stand_in: StandIn::Stop,
        reactions: crate::world::Reactions::default(),
        replaces_model: false,
    }
}

/// A world, and the requests that are sent to it.
pub(crate) struct Session {
    pub(crate) replay: Replay,
    pub(crate) now: Duration,
    recording: Arc<Recording>,
}

impl Session {
    pub(crate) fn new(recording: &Arc<Recording>, mutations: Vec<Mutation>) -> Self {
        let reactions = crate::world::Reactions::recorded(&mutations, recording);
        Self::reacting(recording, mutations, reactions)
    }

    /// With other answers to what is not recorded than those of the recording's branches.
    pub(crate) fn reacting(
        recording: &Arc<Recording>,
        mutations: Vec<Mutation>,
        reactions: crate::world::Reactions,
    ) -> Self {
        Self::answered(recording, mutations, Setting { reactions, ..setting() })
    }

    /// Under a policy.
    pub(crate) fn under(recording: &Arc<Recording>, mutations: Vec<Mutation>, policy: crate::policy::Policy) -> Self {
        let reactions = crate::world::Reactions::recorded(&mutations, recording);
        Self::answered(recording, mutations, Setting { policy, reactions, ..setting() })
    }

    /// Where a stand-in answers for the model, or takes its place from the start.
    pub(crate) fn with_model(
        recording: &Arc<Recording>,
        mutations: Vec<Mutation>,
        (stand_in, replaces_model): (StandIn, bool),
        allowed_calls: usize,
    ) -> Self {
        Self::answered(recording, mutations, Setting { allowed_calls, stand_in, replaces_model, ..setting() })
    }

    fn answered(recording: &Arc<Recording>, mutations: Vec<Mutation>, setting: Setting) -> Self {
        let replay = Replay::new(Arc::clone(recording), mutations, setting);
        Self { replay, now: Duration::ZERO, recording: Arc::clone(recording) }
    }

    /// With an operator at a site.
    pub(crate) fn at(recording: &Arc<Recording>, operator: impl Operator, site: &Site) -> Self {
        Self::new(recording, vec![Mutation { operator: Arc::new(operator), site: site.clone() }])
    }

    /// With an operator at the first of its sites.
    pub(crate) fn first(recording: &Arc<Recording>, operator: impl Operator) -> Self {
        let site = operator.sites(recording).remove(0);
        Self::at(recording, operator, &site)
    }

    pub(crate) fn send(&mut self, request: &Request) -> Reaction {
        self.replay.answer(CHANNEL, request, self.now)
    }

    /// Sends the recorded request of that number.
    pub(crate) fn again(&mut self, number: usize) -> Reaction {
        let recording = Arc::clone(&self.recording);
        let interaction = recording.interaction(number);
        self.replay.answer(&interaction.channel, &interaction.request, self.now)
    }

    /// Sends every recorded request once, in order, an hour of virtual time apart.
    pub(crate) fn play(&mut self) -> Vec<Reaction> {
        let numbers = 1..=self.recording.interactions().len();
        let reactions = numbers.map(|number| {
            self.now += Duration::from_secs(3600);
            self.again(number)
        });
        reactions.collect()
    }

    /// Status and document of the reply.
    #[expect(clippy::needless_pass_by_value, reason = "`json!` values read best without a reference")]
    pub(crate) fn ask(&mut self, method: &str, target: &str, body: Value) -> (u16, Value) {
        match self.send(&request(method, target, &body)) {
            Reaction::Reply(Reply::Http(reply), _) => (reply.status, reply.body().json().unwrap_or_default()),
            other => panic!("no reply: {other:?}"),
        }
    }

    pub(crate) fn get(&mut self, target: &str) -> Value {
        self.ask("GET", target, Value::Null).1
    }

    /// What the last call met, and why it did something twice.
    pub(crate) fn outcome(&mut self) -> (Outcome, Option<String>) {
        let call = self.ledger().calls.into_iter().next_back().expect("a call was made");
        (call.outcome, call.duplicate)
    }

    /// What happened.
    pub(crate) fn ledger(&mut self) -> Ledger {
        self.replay.finish().0
    }
}

/// What happens where an operator's fault is at its first site, and every recorded request is sent once.
///
/// The two ways in which a fault may fail to be a fault are looked at as well: it has a site, and an agent that asks
/// for nothing does not meet it.
pub(crate) fn delivered<O: Operator>(recording: &Arc<Recording>, operator: impl Fn() -> O) -> Ledger {
    let mut silent = Session::first(recording, operator());
    assert_eq!(silent.ledger().bent_calls().count(), 0, "an agent that asks for nothing meets no fault");
    let mut session = Session::first(recording, operator());
    session.play();
    let ledger = session.ledger();
    assert!(ledger.bent_calls().next().is_some(), "the fault was not delivered: {ledger:?}");
    ledger
}

/// An operator whose only site is bent as it is told.
struct Fixed(Bend, Truth);

impl Operator for Fixed {
    fn id(&self) -> &'static str {
        "fixed"
    }

    fn family(&self) -> Family {
        Family::Transport
    }

    fn truth(&self) -> Truth {
        self.1
    }

    fn sites(&self, _recording: &Recording) -> Vec<Site> {
        vec![Site::at(self.0.interaction())]
    }

    fn bend(&self, _site: &Site, _recording: &Recording) -> Bend {
        self.0.clone()
    }
}

/// A mutation that bends the world in exactly this way.
pub(crate) fn bent(bend: Bend) -> Mutation {
    let site = Site::at(bend.interaction());
    Mutation { operator: Arc::new(Fixed(bend, Truth::Masked)), site }
}

/// The body of the reply that an operator rewrites at a site, as the agent gets it.
pub(crate) fn rewritten(recording: &Recording, operator: &impl Operator, site: &Site) -> String {
    let Bend::Rewrite { at, rewrite, .. } = operator.bend(site, recording) else { panic!("no rewrite") };
    match rewrite.apply(&recording.interaction(at).reply) {
        Reply::Http(reply) => String::from_utf8(reply.body().to_bytes().into_owned()).expect("text"),
        other @ Reply::Call(_) => panic!("no body: {other:?}"),
    }
}

/// A recording of reads of one endpoint that bring these bodies, byte by byte.
pub(crate) fn reads(texts: &[&str]) -> Arc<Recording> {
    recording_of(
        texts.iter().enumerate().map(|(n, text)| taped("GET", &format!("/r?n={n}")).reply_text(text)).collect(),
    )
}
