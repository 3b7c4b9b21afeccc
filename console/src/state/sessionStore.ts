/** What the console keeps for this tab: gone when the tab is closed, never sent anywhere by itself. */
export type SessionField = 'attune.secretKey' | 'attune.visitor'

/** null when nothing is kept, or when the browser forbids keeping. */
export function readSession(field: SessionField): string | null {
  try {
    return sessionStorage.getItem(field)
  } catch {
    return null
  }
}

/** Keeps the text, or forgets the field when it is null; does nothing where the browser forbids keeping. */
export function writeSession(field: SessionField, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(field)
    else sessionStorage.setItem(field, text)
  } catch {
    // Storage is switched off: the page works, and asks again after a reload.
  }
}
