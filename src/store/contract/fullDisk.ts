import { randomInt, seededRandom } from '../../base/index.ts'

const TEXTS = 1000

/** Writes incompressible texts of about 20 KB until one is refused; why it was. */
export async function fillDisk(write: (text: string) => Promise<void>): Promise<unknown> {
  const random = seededRandom(3)
  for (let n = 0; n < TEXTS; n++) {
    const text = Array.from({ length: 5000 }, () => randomInt(random, 65_536).toString(16)).join('')
    try {
      await write(text)
    } catch (error) {
      return error
    }
  }
  return undefined
}
