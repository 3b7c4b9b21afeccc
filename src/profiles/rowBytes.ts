const VARINT_LONGEST = 8
/** Raw copies shorter than this are cheaper as a loop than as a native call (measured: 40 to 60 bytes). */
const SHORT_COPY = 48

/** Appends compact numbers and texts to a buffer that grows; reused for every row. */
export class RowWriter {
  bytes: Buffer = Buffer.allocUnsafeSlow(8192)
  at = 0
  #view = viewOf(this.bytes)

  reset(): void {
    this.at = 0
  }

  byte(value: number): void {
    if (this.at === this.bytes.length) this.reserve(1)
    this.bytes[this.at++] = value
  }

  /** Whole number in [0, 2^53), 7 bits a byte, lowest first. */
  varint(value: number): void {
    if (this.at + VARINT_LONGEST > this.bytes.length) this.reserve(VARINT_LONGEST)
    const { bytes } = this
    let { at } = this
    let rest = value
    while (rest > 0x7fffffff) {
      bytes[at++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    let small = rest | 0
    while (small > 0x7f) {
      bytes[at++] = (small & 0x7f) | 0x80
      small >>>= 7
    }
    bytes[at++] = small
    this.at = at
  }

  /** Whole number in (-2^52, 2^52); small absolute values are short. */
  signed(value: number): void {
    this.varint(value < 0 ? -value * 2 - 1 : value * 2)
  }

  float32(value: number): void {
    this.reserve(4)
    this.#view.setFloat32(this.at, value, true)
    this.at += 4
  }

  /** Any double, exactly: short for whole numbers and whole hundredths >= 0, 5 bytes where a float is exact, else 9. */
  number(value: number): void {
    if (value >= 0 && value < 0x7fffff) {
      const hundredths = Math.round(value * 100)
      if (hundredths / 100 === value) {
        return this.varint(hundredths % 100 === 0 ? value * 4 : hundredths * 4 + 3)
      }
    }
    this.reserve(9)
    if (Math.fround(value) === value) {
      this.bytes[this.at++] = 1
      return this.float32(value)
    }
    this.bytes[this.at++] = 2
    this.#view.setFloat64(this.at, value, true)
    this.at += 8
  }

  /** Well-formed text as length and UTF-8. */
  text(value: string): void {
    const { length } = value
    if (length > 127) return this.#longText(value)
    this.reserve(length + 1)
    const { bytes } = this
    const from = this.at + 1
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) return this.#longText(value)
      bytes[from + i] = code
    }
    bytes[this.at] = length
    this.at = from + length
  }

  raw(source: Uint8Array, from: number, to: number): void {
    const length = to - from
    this.reserve(length)
    const { at, bytes } = this
    if (length < SHORT_COPY) {
      for (let i = 0; i < length; i++) bytes[at + i] = source[from + i] as number
    } else {
      bytes.set(source.subarray(from, to), at)
    }
    this.at = at + length
  }

  reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + more))
    grown.set(this.bytes)
    this.bytes = grown
    this.#view = viewOf(grown)
  }

  #longText(value: string): void {
    const length = Buffer.byteLength(value)
    this.varint(length)
    this.reserve(length)
    this.bytes.write(value, this.at, 'utf8')
    this.at += length
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

const FLOAT_BYTES = new Uint8Array(8)
const FLOAT32 = new Float32Array(FLOAT_BYTES.buffer)
const FLOAT64 = new Float64Array(FLOAT_BYTES.buffer)
const NO_BYTES = Buffer.alloc(0)

/** Reads what RowWriter wrote, on a little-endian machine. Reused: `open` sets it on a range of bytes. */
export class RowReader {
  bytes: Buffer = NO_BYTES
  at = 0
  end = 0

  open(bytes: Buffer, at: number, end: number): this {
    this.bytes = bytes
    this.at = at
    this.end = end
    return this
  }

  byte(): number {
    return this.bytes[this.at++] as number
  }

  varint(): number {
    const { bytes } = this
    let { at } = this
    let byte = bytes[at++] as number
    let value = byte & 0x7f
    if (byte > 127) {
      byte = bytes[at++] as number
      value |= (byte & 0x7f) << 7
      if (byte > 127) {
        byte = bytes[at++] as number
        value |= (byte & 0x7f) << 14
        let scale = 0x20_0000
        while (byte > 127) {
          byte = bytes[at++] as number
          value += (byte & 0x7f) * scale
          scale *= 128
        }
      }
    }
    this.at = at
    return value
  }

  signed(): number {
    const value = this.varint()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }

  float32(): number {
    const { bytes, at } = this
    for (let i = 0; i < 4; i++) FLOAT_BYTES[i] = bytes[at + i] as number
    this.at = at + 4
    return FLOAT32[0] as number
  }

  number(): number {
    const kind = (this.bytes[this.at] as number) & 3
    if (kind === 0) return this.varint() / 4
    if (kind === 3) return (this.varint() - 3) / 4 / 100
    this.at++
    return kind === 1 ? this.float32() : this.#float64()
  }

  text(): string {
    const length = this.varint()
    const from = this.at
    this.at = from + length
    return this.bytes.toString('utf8', from, this.at)
  }

  #float64(): number {
    const { bytes, at } = this
    for (let i = 0; i < 8; i++) FLOAT_BYTES[i] = bytes[at + i] as number
    this.at = at + 8
    return FLOAT64[0] as number
  }
}
