"""The boto3 package meets Amazon's shapes."""

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from checks import BASE, asks, finish, raises


def client(service, path, attempts=1):
    return boto3.client(
        service,
        endpoint_url=f"{BASE}/{path}",
        region_name="us-east-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}, s3={"addressing_style": "path"}),
    )


def code(call):
    """Turns the error's code into an attribute, beside its status."""

    def with_code():
        try:
            call()
        except ClientError as error:
            error.code = error.response["Error"]["Code"]
            error.status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            raise

    return with_code


KEY = {"pk": {"S": "1"}}
dynamodb = client("dynamodb", "aws.json.throttling")
raises("boto3: aws.json.throttling", dynamodb.exceptions.ProvisionedThroughputExceededException,
       code(lambda: dynamodb.get_item(TableName="orders", Key=KEY)), {"status": 400, "code": "ProvisionedThroughputExceededException"})

dynamodb_busy = client("dynamodb", "aws.dynamodb.transaction")
raises("boto3: aws.dynamodb.transaction", dynamodb_busy.exceptions.TransactionInProgressException,
       code(lambda: dynamodb_busy.get_item(TableName="orders", Key=KEY)), {"code": "TransactionInProgressException"})

sqs = client("sqs", "aws.sqs.throttled")
raises("boto3: aws.sqs.throttled", sqs.exceptions.RequestThrottled,
       code(lambda: sqs.send_message(QueueUrl=f"{BASE}/aws.sqs.throttled/1/q", MessageBody="x")), {"status": 403})

s3 = client("s3", "aws.s3.slowdown")
raises("boto3: aws.s3.slowdown", ClientError, code(lambda: s3.get_object(Bucket="b", Key="k")), {"code": "SlowDown", "status": 503})

s3_copy = client("s3", "aws.s3.slowdown_200")
raises("boto3: aws.s3.slowdown_200 on CopyObject", ClientError,
       code(lambda: s3_copy.copy_object(Bucket="b", Key="k", CopySource="b/other")), {"code": "SlowDown"})

s3_412 = client("s3", "aws.s3.precondition")
raises("boto3: aws.s3.precondition", ClientError,
       code(lambda: s3_412.put_object(Bucket="b", Key="k", Body=b"x", IfNoneMatch="*")), {"code": "PreconditionFailed", "status": 412})

ec2 = client("ec2", "aws.ec2.throttled")
raises("boto3: aws.ec2.throttled", ClientError, code(ec2.describe_instances), {"code": "RequestLimitExceeded", "status": 503})

kinesis = client("kinesis", "aws.kinesis.iterator")
raises("boto3: aws.kinesis.iterator", kinesis.exceptions.ExpiredIteratorException,
       code(lambda: kinesis.get_records(ShardIterator="x")), {"code": "ExpiredIteratorException"})

place = "until/60000/py/aws.json.throttling"
retrying = client("dynamodb", place, attempts=2)
asks("boto3: aws.json.throttling is retried although it is a 400", place, 2,
     lambda: retrying.get_item(TableName="orders", Key=KEY),
     fails=retrying.exceptions.ProvisionedThroughputExceededException)
finish()
