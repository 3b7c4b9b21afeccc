/** 128 random bits as 32 hex digits. `crypto.randomUUID` is missing where the page is not served over TLS or loopback. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
