const VARINT_MAX = 9
/** Raw copies shorter than this are cheaper as a loop than as a native call (measured: 40 to 60 bytes). */
const SHORT_COPY = 48

/** Appends compact numbers and texts to a buffer that grows; reused for every row. */
export class RowWriter {
  #bytes = Buffer.allocUnsafeSlow(4096)
  #view = new DataView(this.#bytes.buffer)
  #at = 0

  get length(): number {
    return this.#at
  }

  reset(): void {
    this.#at = 0
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#at++] = value
  }

  /** Whole number in [0, 2^53), 7 bits a byte, lowest first. */
  varint(value: number): void {
    this.#reserve(VARINT_MAX)
    const bytes = this.#bytes
    let rest = value
    while (rest > 0x7fffffff) {
      bytes[this.#at++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    while (rest > 0x7f) {
      bytes[this.#at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    bytes[this.#at++] = rest
  }

  /** Whole number in (-2^52, 2^52); small absolute values are short. */
  signed(value: number): void {
    this.varint(value < 0 ? -value * 2 - 1 : value * 2)
  }

  float32(value: number): void {
    this.#reserve(4)
    this.#view.setFloat32(this.#at, value, true)
    this.#at += 4
  }

  float64(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.#at, value, true)
    this.#at += 8
  }

  /** Any double, exactly: short for whole numbers >= 0, 5 bytes where a float is exact, else 9. */
  number(value: number): void {
    if (Number.isInteger(value) && value >= 0 && value < 0x3fffffff) return this.varint(value * 4)
    if (Math.fround(value) === value) {
      this.byte(1)
      return this.float32(value)
    }
    this.byte(2)
    this.float64(value)
  }

  /** Well-formed text as length and UTF-8. */
  text(value: string): void {
    const length = value.length
    if (length > 127) return this.#longText(value)
    this.#reserve(length + 1)
    const bytes = this.#bytes
    const start = this.#at
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) return this.#longText(value)
      bytes[start + 1 + i] = code
    }
    bytes[start] = length
    this.#at = start + 1 + length
  }

  raw(source: Uint8Array, from: number, to: number): void {
    const length = to - from
    this.#reserve(length)
    if (length < SHORT_COPY) {
      const bytes = this.#bytes
      const at = this.#at
      for (let i = 0; i < length; i++) bytes[at + i] = source[from + i] as number
    } else {
      this.#bytes.set(source.subarray(from, to), this.#at)
    }
    this.#at += length
  }

  append(other: RowWriter): void {
    this.raw(other.#bytes, 0, other.#at)
  }

  /** A copy of what was written, in memory of its own size. */
  take(): Uint8Array {
    const copy = new Uint8Array(this.#at)
    copy.set(this.#bytes.subarray(0, this.#at))
    return copy
  }

  #longText(value: string): void {
    const length = Buffer.byteLength(value)
    this.varint(length)
    this.#reserve(length)
    this.#bytes.write(value, this.#at, 'utf8')
    this.#at += length
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at + more))
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

const FLOAT = new DataView(new ArrayBuffer(8))

/** Reads what RowWriter wrote. One reader is reused: `open` sets it on a row. */
export class RowReader {
  #bytes: Uint8Array = new Uint8Array(0)
  at = 0

  open(bytes: Uint8Array, at: number): this {
    this.#bytes = bytes
    this.at = at
    return this
  }

  byte(): number {
    return this.#bytes[this.at++] as number
  }

  varint(): number {
    const bytes = this.#bytes
    let byte = bytes[this.at++] as number
    if (byte < 128) return byte
    let value = byte & 0x7f
    let scale = 128
    do {
      byte = bytes[this.at++] as number
      value += (byte & 0x7f) * scale
      scale *= 128
    } while (byte > 127)
    return value
  }

  signed(): number {
    const value = this.varint()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }

  float32(): number {
    this.#copyToFloat(4)
    return FLOAT.getFloat32(0, true)
  }

  float64(): number {
    this.#copyToFloat(8)
    return FLOAT.getFloat64(0, true)
  }

  number(): number {
    const kind = (this.#bytes[this.at] as number) & 3
    if (kind === 0) return this.varint() / 4
    this.at++
    return kind === 1 ? this.float32() : this.float64()
  }

  text(): string {
    const length = this.varint()
    const from = this.at
    this.at += length
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from, length).toString('utf8')
  }

  #copyToFloat(length: number): void {
    for (let i = 0; i < length; i++) FLOAT.setUint8(i, this.#bytes[this.at + i] as number)
    this.at += length
  }
}
