import { createHash, createHmac } from 'node:crypto'

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** FNV-1a over the UTF-16 code units of a text; unsigned 32 bits. */
export function fnv1a32(text: string, seed: number = FNV_OFFSET): number {
  let hash = seed >>> 0
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME)
  }
  return hash >>> 0
}

/**
 * A 52-bit hash of a text as an exact double, for sets of message ids.
 * Two FNV-1a passes with different seeds; a clash among n texts has a chance of about n² / 2^53.
 */
export function hash52(text: string): number {
  const low = fnv1a32(text)
  const high = fnv1a32(text, 0x9747b28c) & 0xfffff
  return high * 0x1_0000_0000 + low
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/** HMAC-SHA256 as hex; used for identifiers that must look random and yet be rebuilt by a replay. */
export function hmacHex(key: string, data: string): string {
  return createHmac('sha256', key).update(data).digest('hex')
}
