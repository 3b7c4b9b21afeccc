/**
 * What a list shall be besides relevant. An aim knows what each candidate would add to the list as it stands; the
 * greedy choice takes the candidate with the best sum of relevance and gains.
 */
export interface Aim {
  /** By candidate: what it would add as the next one. Higher is better; kept up to date for open candidates. */
  readonly gain: Float64Array
  /** Candidate k, no longer open, is now the last of the list. */
  take(k: number, open: Uint8Array): void
}

/** The array when it is long enough, else a longer one: buffers of decisions only grow. */
export function grown(array: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  return array.length >= length ? array : new Float64Array(length)
}
