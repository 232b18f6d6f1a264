/** The nonce that the Content-Security-Policy asks of each style element; the gateway put it into the page. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''

// Where react-remove-scroll, which Mantine's dialogs hold the page still with, looks for it.
Object.assign(globalThis, { __webpack_nonce__: styleNonce })
