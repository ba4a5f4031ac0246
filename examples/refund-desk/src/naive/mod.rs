//! The desk as it is written in a hurry: the model says what is done, and what the tools answer is believed.

mod tools;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::types::chat::{
    ChatCompletionMessageToolCalls, ChatCompletionRequestAssistantMessage, ChatCompletionRequestMessage,
    ChatCompletionRequestSystemMessage, ChatCompletionRequestToolMessage, ChatCompletionRequestUserMessage,
    CreateChatCompletionRequest,
};
use serde::Serialize;
use thiserror::Error;

use self::tools::Tools;
use crate::outcome::Settled;
use crate::shop::{API_KEY, MODEL};
use crate::ticket::Ticket;

const TASK: &str = "You work at the service desk of a shop and handle refund tickets with the tools you have. Find the \
     order, check the policy, ask for approval where the policy wants it, pay back, write a note to the order, and say \
     what you did.";

/// What the naive desk reports: what was paid as far as it knows, and what the model says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The refunds that it asked for.
    pub settled: Vec<Settled>,
    /// What the model says at the end.
    pub said: String,
}

/// A request that failed in every attempt.
#[derive(Debug, Error)]
pub enum NaiveError {
    /// The model was not reached.
    #[error("the model failed: {0}")]
    Model(#[from] OpenAIError),
    /// The shop was not reached.
    #[error("the shop failed: {0}")]
    Shop(#[from] reqwest::Error),
}

/// Handles a ticket with the model at one base URL, which ends in `/v1`, and the shop at another.
///
/// # Errors
///
/// If the model or the shop fail.
pub async fn handle(model: &str, shop: &str, ticket: &Ticket) -> Result<Report, NaiveError> {
    let client = Client::with_config(OpenAIConfig::new().with_api_base(model).with_api_key(API_KEY));
    let mut tools = Tools::of(shop, ticket)?;
    let mut messages = vec![
        ChatCompletionRequestMessage::System(ChatCompletionRequestSystemMessage::from(TASK)),
        ChatCompletionRequestMessage::User(ChatCompletionRequestUserMessage::from(ticket.to_string())),
    ];
    loop {
        let request = CreateChatCompletionRequest {
            model: MODEL.to_owned(),
            messages: messages.clone(),
            tools: Some(tools::offered()),
            ..CreateChatCompletionRequest::default()
        };
        let reply = client.chat().create(request).await?;
        let message = reply.choices[0].message.clone();
        let Some(calls) = message.tool_calls else {
            return Ok(Report { settled: tools.settled, said: message.content.unwrap_or_default() });
        };
        messages.push(ChatCompletionRequestMessage::Assistant(ChatCompletionRequestAssistantMessage {
            content: message.content.map(Into::into),
            tool_calls: Some(calls.clone()),
            ..ChatCompletionRequestAssistantMessage::default()
        }));
        for call in calls {
            let ChatCompletionMessageToolCalls::Function(call) = call else { continue };
            let result = tools.run(&call.function.name, &call.function.arguments).await?;
            messages.push(ChatCompletionRequestMessage::Tool(ChatCompletionRequestToolMessage {
                content: result.into(),
                tool_call_id: call.id,
            }));
        }
    }
}
