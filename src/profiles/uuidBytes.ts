import type { RowReader, RowWriter } from './rowBytes.ts'

export const UUID_BYTES = 16
const UUID_LENGTH = 36
/** Where the groups of digits are parted. */
const DASHES: ReadonlySet<number> = new Set([8, 13, 18, 23])
const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
)

/** Whether a text is a UUID in its usual form (RFC 9562, lower case), so that 16 bytes say all of it. */
export function isUuid(text: string): boolean {
  if (text.length !== UUID_LENGTH) return false
  for (let i = 0; i < UUID_LENGTH; i++) {
    const code = text.charCodeAt(i)
    const fits = DASHES.has(i) ? code === 0x2d : digitOf(code) >= 0
    if (!fits) return false
  }
  return true
}

/** Writes the bytes of a text that is a UUID. */
export function encodeUuid(text: string, writer: RowWriter): void {
  for (let i = 0; i < UUID_LENGTH; i += 2) {
    if (DASHES.has(i)) i++
    writer.byte((digitOf(text.charCodeAt(i)) << 4) | digitOf(text.charCodeAt(i + 1)))
  }
}

export function decodeUuid(reader: RowReader): string {
  let text = ''
  for (let i = 0; i < UUID_BYTES; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-'
    text += PAIRS[reader.byte()] as string
  }
  return text
}

/** Value of a lower-case hexadecimal digit, -1 for anything else. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1
}
