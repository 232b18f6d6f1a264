/** Names under which Nest holds what is not a class. */
export const SETTINGS = Symbol('settings')
export const LOG = Symbol('log')
export const SIGN_IN = Symbol('sign-in')
