<?php
$key = base64_decode(substr(getenv('CARTLY_WEBHOOK_PUBLIC_KEY'), strlen('whpk_')));
$headers = array_change_key_case(getallheaders());
$body = file_get_contents('php://input');

function isSigned(string $body, array $headers, string $key): bool
{
    $at = (int) $headers['webhook-timestamp'];
    if (abs(time() - $at) > 300) return false;
    $signed = "{$headers['webhook-id']}.$at.$body";
    foreach (explode(' ', $headers['webhook-signature']) as $one) {
        [$version, $encoded] = explode(',', $one, 2);
        $signature = base64_decode($encoded);
        if ($version !== 'v1a' || strlen($signature) !== SODIUM_CRYPTO_SIGN_BYTES) continue;
        if (sodium_crypto_sign_verify_detached($signature, $signed, $key)) return true;
    }
    return false;
}

if (!isSigned($body, $headers, $key)) {
    http_response_code(401);
    exit;
}
error_log($body);
http_response_code(204);
