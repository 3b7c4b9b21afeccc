import type { StatePut } from '../../stateStore.ts'

/*
 * The puts of one commit as one buffer and one text, so that handing them to another thread costs two moves.
 * Per put: u32 place of the kind in `kinds`, u32 id length in UTF-16 units, i32 value length, i32 expected
 * length; then value and expected bytes. Lengths: ABSENT = no row, UNCHECKED = nothing expected.
 */
const HEADER_BYTES = 16
const ABSENT = -1
const UNCHECKED = -2

/** Puts ready for another thread. */
export interface PackedPuts {
  readonly count: number
  readonly kinds: readonly string[]
  /** All ids, one after the other. */
  readonly ids: string
  readonly bytes: ArrayBuffer
}

/** Copies puts into a buffer from `take`, which gets the size in bytes. */
export function packPuts(
  puts: readonly StatePut[],
  take: (bytes: number) => ArrayBuffer,
): PackedPuts {
  let size = 0
  for (const put of puts) {
    size += HEADER_BYTES + (put.value?.length ?? 0) + (put.expected?.value?.length ?? 0)
  }
  const bytes = take(size)
  const target = Buffer.from(bytes)
  const kinds: string[] = []
  let at = 0
  for (const put of puts) {
    target.writeUInt32LE(placeOf(kinds, put.kind), at)
    target.writeUInt32LE(put.id.length, at + 4)
    at = writeBytes(target, at, put)
  }
  return { count: puts.length, kinds, ids: puts.map((put) => put.id).join(''), bytes }
}

function writeBytes(target: Buffer, at: number, put: StatePut): number {
  const expected = put.expected === undefined ? UNCHECKED : (put.expected.value?.length ?? ABSENT)
  target.writeInt32LE(put.value?.length ?? ABSENT, at + 8)
  target.writeInt32LE(expected, at + 12)
  let end = at + HEADER_BYTES
  if (put.value !== undefined) {
    target.set(put.value, end)
    end += put.value.length
  }
  if (put.expected?.value !== undefined) {
    target.set(put.expected.value, end)
    end += put.expected.value.length
  }
  return end
}

/** Calls `each` for every packed put; byte arrays are views that are valid during the call only. */
export function unpackPuts(packed: PackedPuts, each: (put: StatePut) => void): void {
  const source = Buffer.from(packed.bytes)
  let at = 0
  let idAt = 0
  for (let i = 0; i < packed.count; i++) {
    const kind = packed.kinds[source.readUInt32LE(at)] ?? ''
    const idLength = source.readUInt32LE(at + 4)
    const valueLength = source.readInt32LE(at + 8)
    const expectedLength = source.readInt32LE(at + 12)
    const valueAt = at + HEADER_BYTES
    const expectedAt = valueAt + Math.max(0, valueLength)
    at = expectedAt + Math.max(0, expectedLength)
    const id = packed.ids.slice(idAt, (idAt += idLength))
    const value = valueLength === ABSENT ? undefined : source.subarray(valueAt, expectedAt)
    if (expectedLength === UNCHECKED) each({ kind, id, value })
    else {
      const bytes = expectedLength === ABSENT ? undefined : source.subarray(expectedAt, at)
      each({ kind, id, value, expected: { value: bytes } })
    }
  }
}

function placeOf(kinds: string[], kind: string): number {
  const place = kinds.indexOf(kind)
  return place === -1 ? kinds.push(kind) - 1 : place
}
