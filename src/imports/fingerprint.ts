import { open } from 'node:fs/promises'
import { type Json, sha256Hex } from '../base/index.ts'

const SAMPLE = 64 * 1024

/** Hash over the size and both ends of a file: quick on any size, different after any appended row. */
export async function fileSignature(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const head = await file.read(Buffer.alloc(SAMPLE), 0, SAMPLE, 0)
    const tail = await file.read(Buffer.alloc(SAMPLE), 0, SAMPLE, Math.max(0, size - SAMPLE))
    const ends = Buffer.concat([
      head.buffer.subarray(0, head.bytesRead),
      tail.buffer.subarray(0, tail.bytesRead),
    ])
    return sha256Hex(`${size}:${sha256Hex(ends)}`)
  } finally {
    await file.close()
  }
}

/** Twelve hex digits over file signatures and everything that changes how they are read. */
export function fingerprintOf(signatures: readonly string[], options: Json): string {
  return sha256Hex(JSON.stringify([signatures, options])).slice(0, 12)
}
