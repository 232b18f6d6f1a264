const KEY = 'cartly-last-store'

/** The store this browser looked at last: a convenience, not a secret. */
export const lastStore = {
  read: (): string | null => localStorage.getItem(KEY),
  write: (storeId: string): void => localStorage.setItem(KEY, storeId),
  forget: (): void => localStorage.removeItem(KEY),
}
