import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** Where a running gateway is, for `npm run dev`. */
const gateway = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:4000'

export default defineConfig({
  plugins: [react()],
  // Replaced by the gateway in each answer, in the page and in its policy.
  html: { cspNonce: '__CSP_NONCE__' },
  resolve: {
    alias: {
      // Published data, for completion in the editors.
      '#template-schema': fileURLToPath(new URL('../../libs/templates/template.schema.json', import.meta.url)),
    },
  },
  build: {
    // All that is asked of a browser is light-dark() in style sheets: May 2024.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // The Content-Security-Policy takes scripts from files alone.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  server: {
    proxy: Object.fromEntries(
      ['/v1', '/session', '/auth', '/oauth', '/openapi.json', '/docs'].map((path) => [
        path,
        { target: gateway, headers: { origin: gateway }, changeOrigin: true },
      ]),
    ),
  },
})
