/** The least a receiver needs, with the library of standardwebhooks.com for its language. */
export const snippets: Readonly<Record<string, { readonly install: string; readonly code: string }>> = {
  TypeScript: {
    install: 'npm install express standardwebhooks',
    code: `import express from 'express'
import { Webhook } from 'standardwebhooks'

const webhook = new Webhook(process.env.CARTLY_WEBHOOK_SECRET!)

express()
  .post('/webhooks', express.raw({ type: 'application/json' }), (request, response) => {
    try {
      const event = webhook.verify(request.body, request.headers as Record<string, string>)
      console.log(event)
      response.sendStatus(204)
    } catch {
      response.sendStatus(401)
    }
  })
  .listen(3000)
`,
  },
  Python: {
    install: 'pip install flask standardwebhooks',
    code: `import os
from flask import Flask, request
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

app = Flask(__name__)
webhook = Webhook(os.environ["CARTLY_WEBHOOK_SECRET"])

@app.post("/webhooks")
def receive():
    try:
        event = webhook.verify(request.get_data(), dict(request.headers))
    except WebhookVerificationError:
        return "", 401
    print(event)
    return "", 204
`,
  },
  PHP: {
    install: 'composer require standard-webhooks/standard-webhooks',
    code: `<?php
require 'vendor/autoload.php';

$webhook = new \\StandardWebhooks\\Webhook(getenv('CARTLY_WEBHOOK_SECRET'));
$headers = array_change_key_case(getallheaders());

try {
    $event = $webhook->verify(file_get_contents('php://input'), $headers);
} catch (\\Exception $refused) {
    http_response_code(401);
    exit;
}
error_log(json_encode($event));
http_response_code(204);
`,
  },
  Go: {
    install: 'go get github.com/standard-webhooks/standard-webhooks/libraries',
    code: `package main

import (
	"io"
	"log"
	"net/http"
	"os"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func main() {
	webhook, err := standardwebhooks.NewWebhook(os.Getenv("CARTLY_WEBHOOK_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /webhooks", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil || webhook.Verify(body, r.Header) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		log.Printf("%s", body)
		w.WriteHeader(http.StatusNoContent)
	})
	log.Fatal(http.ListenAndServe(":3000", nil))
}
`,
  },
}
