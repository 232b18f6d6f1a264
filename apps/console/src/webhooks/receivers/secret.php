<?php
require 'vendor/autoload.php';

$webhook = new \StandardWebhooks\Webhook(getenv('CARTLY_WEBHOOK_SECRET'));
$headers = array_change_key_case(getallheaders());

try {
    $event = $webhook->verify(file_get_contents('php://input'), $headers);
} catch (\Exception $refused) {
    http_response_code(401);
    exit;
}
error_log(json_encode($event));
http_response_code(204);
