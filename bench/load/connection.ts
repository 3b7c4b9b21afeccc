import { connect, type Socket } from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')

/**
 * One keep-alive HTTP/1.1 connection, one request at a time. The request is bytes that are ready to send;
 * of the answer only its status and length are read. This takes about a tenth of the time that node:http's
 * client takes, so that the generator does not become the limit that is measured.
 */
export class Connection {
  readonly #socket: Socket
  #answered: ((status: number, bytes: number) => void) | undefined
  #failed: (error: Error) => void
  /** Bytes of an answer whose head has not arrived whole. */
  #head: Buffer | undefined
  #status = 0
  #length = 0
  /** Bytes of the body that are still to come; -1 while the head is read. */
  #left = -1

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#failed = (error) => socket.destroy(error)
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', (error) => this.#failed(error))
    socket.on('close', () => this.#failed(new Error('the server closed the connection')))
  }

  /** Opens a connection; `failed` hears of anything that ends it. */
  static open(host: string, port: number, failed: (error: Error) => void): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.removeListener('error', reject)
        const connection = new Connection(socket)
        connection.#failed = failed
        resolve(connection)
      })
    })
  }

  /** Sends a request; the bytes must stay as they are until `answered` is called. */
  send(request: Uint8Array, answered: (status: number, bytes: number) => void): void {
    this.#answered = answered
    this.#socket.write(request)
  }

  close(): void {
    this.#failed = () => {}
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    if (this.#left < 0) this.#readHead(chunk)
    else this.#left -= chunk.length
    if (this.#left !== 0) return
    this.#left = -1
    const answered = this.#answered
    this.#answered = undefined
    answered?.(this.#status, this.#length)
  }

  #readHead(chunk: Buffer): void {
    const bytes = this.#head === undefined ? chunk : Buffer.concat([this.#head, chunk])
    const end = bytes.indexOf(HEAD_END)
    if (end === -1) {
      this.#head = bytes
      return
    }
    this.#head = undefined
    const head = bytes.toString('latin1', 0, end)
    this.#status = Number(head.slice(9, 12))
    this.#length = contentLength(head, this.#status)
    if (this.#length < 0) this.#failed(new Error(`answer without content-length: ${head}`))
    this.#left = this.#length - (bytes.length - end - HEAD_END.length)
  }
}

function contentLength(head: string, status: number): number {
  if (status === 204 || status === 304) return 0
  const match = /\r\ncontent-length: *(\d+)/i.exec(head)
  return match === null ? -1 : Number(match[1])
}
