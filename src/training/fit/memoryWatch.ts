/** Between two looks: memory is taken at a gigabyte a second at most. */
const EVERY_MS = 100

/**
 * Watches the memory of the process: calls `tooMuch` once when it has grown by more than `most` bytes since now. That counts
 * heaps, arrays and the memory of kernels of all threads, and what the rest of the process takes in the meantime.
 * @returns ends the watch
 */
export function watchMemory(most: number, tooMuch: (taken: number) => void): () => void {
  const before = process.memoryUsage.rss()
  const timer = setInterval(() => {
    const taken = process.memoryUsage.rss() - before
    if (taken <= most) return
    clearInterval(timer)
    tooMuch(taken)
  }, EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
