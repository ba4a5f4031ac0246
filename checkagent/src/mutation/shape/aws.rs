//! Amazon Web Services: the JSON protocol, and XML where a client may expect JSON.

use checkagent_cassette::HttpReply;
use serde_json::json;

use super::moment::Moment;
use super::parts::{WithHeaders, typed};
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;

pub(super) const VENDOR: Vendor = Vendor::service(&["amazonaws.com"], SHAPES);

fn amz_json(moment: &Moment, status: u16, kind: &str, message: &str) -> HttpReply {
    let body = json!({"__type": kind, "message": message}).to_string();
    typed(status, "application/x-amz-json-1.0", &body).with("x-amzn-requestid", moment.uuid())
}

fn s3(moment: &Moment, status: u16, code: &str, message: &str) -> HttpReply {
    let (request, host) = (moment.capitals(16), moment.word(56));
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
         <RequestId>{request}</RequestId><HostId>{host}</HostId></Error>"
    );
    typed(status, "application/xml", &body).with("x-amz-request-id", request).with("x-amz-id-2", host)
}

const SLOW_DOWN: &str = "Please reduce your request rate.";

const SHAPES: &[Shape] = &[
    Shape {
        id: "aws.json.throttling",
        kind: ShapeKind::Limit,
        hint: Hint::Untold,
        source: "botocore, data/_retry.json and the model of DynamoDB: a 400",
        reply: |moment| {
            let kind = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
            amz_json(moment, 400, kind, "The provisioned throughput for the table was exceeded.")
        },
    },
    Shape {
        id: "aws.sqs.throttled",
        kind: ShapeKind::Limit,
        hint: Hint::Untold,
        source: "botocore, data/_retry.json: RequestThrottled of SQS is a 403 that is retryable",
        reply: |moment| amz_json(moment, 403, "com.amazonaws.sqs#RequestThrottled", "Request is throttled."),
    },
    Shape {
        id: "aws.ec2.throttled",
        kind: ShapeKind::Limit,
        hint: Hint::Untold,
        source: "botocore, data/_retry.json: RequestLimitExceeded of EC2 is a 503",
        reply: |moment| {
            let id = moment.uuid();
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>RequestLimitExceeded</Code>\
                 <Message>Request limit exceeded.</Message></Error></Errors><RequestID>{id}</RequestID></Response>"
            );
            typed(503, "text/xml", &body)
        },
    },
    Shape {
        id: "aws.s3.slowdown",
        kind: ShapeKind::ServerError,
        hint: Hint::Untold,
        source: "aws-sdk-kotlin, Handle200Errors test: XML where a client may expect JSON",
        reply: |moment| s3(moment, 503, "SlowDown", SLOW_DOWN),
    },
    Shape {
        id: "aws.s3.slowdown_200",
        kind: ShapeKind::ErrorIn200,
        hint: Hint::Untold,
        source: "botocore, the model of S3, CopyObject: a 200 may contain an error",
        reply: |moment| s3(moment, 200, "SlowDown", SLOW_DOWN),
    },
    Shape {
        id: "aws.expired_token",
        kind: ShapeKind::Auth,
        hint: Hint::Untold,
        source: "quoted by public clients of Kinesis and DynamoDB: a 400",
        reply: |moment| {
            let message = "The security token included in the request is expired";
            amz_json(moment, 400, "com.amazon.coral.service#ExpiredTokenException", message)
        },
    },
    Shape {
        id: "aws.next_token",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "botocore: 32 operations declare it",
        reply: |moment| amz_json(moment, 400, "InvalidNextTokenException", "the token is not valid"),
    },
    Shape {
        id: "aws.kinesis.iterator",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "botocore, the model of Kinesis: an iterator lives for five minutes",
        reply: |moment| amz_json(moment, 400, "ExpiredIteratorException", "Iterator expired."),
    },
    Shape {
        id: "aws.dynamodb.start_key",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "botocore, the model of DynamoDB; message as in public reimplementations",
        reply: |moment| {
            let kind = "com.amazon.coral.validate#ValidationException";
            amz_json(moment, 400, kind, "The provided starting key is invalid")
        },
    },
    Shape {
        id: "aws.s3.continuation_token",
        kind: ShapeKind::PageToken,
        hint: Hint::Untold,
        source: "botocore, the model of S3; message as in public reimplementations",
        reply: |moment| s3(moment, 400, "InvalidArgument", "The continuation token provided is incorrect"),
    },
    Shape {
        id: "aws.dynamodb.transaction",
        kind: ShapeKind::Conflict,
        hint: Hint::Untold,
        source: "botocore, data/_retry.json: TransactionInProgressException of DynamoDB is a 400",
        reply: |moment| {
            let kind = "com.amazonaws.dynamodb.v20120810#TransactionInProgressException";
            amz_json(moment, 400, kind, "The transaction with the given request token is already in progress.")
        },
    },
    Shape {
        id: "aws.s3.precondition",
        kind: ShapeKind::Conflict,
        hint: Hint::Untold,
        source: "quoted by public clients of S3: a 412",
        reply: |moment| {
            let message = "At least one of the pre-conditions you specified did not hold";
            s3(moment, 412, "PreconditionFailed", message)
        },
    },
];
