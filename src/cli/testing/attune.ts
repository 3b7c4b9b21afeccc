import { runCommandLine } from '../commandLine.ts'

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command in this process. @param patienceMs time after which it says what takes so long */
export async function attune(argv: readonly string[], patienceMs?: number): Promise<Ended> {
  const out = new Written()
  const err = new Written()
  const code = await runCommandLine(argv, out, err, patienceMs)
  return { code, out: out.text, err: err.text }
}

/** Runs a command with `--json` and reads the one object that it may print. */
export async function attuneJson(
  ...args: readonly string[]
): Promise<Ended & { readonly json: Record<string, unknown> }> {
  const ended = await attune([...args, '--json'])
  const [line = '', ...more] = ended.out.trim().split('\n')
  if (more.length > 0) throw new Error(`more than one line: ${ended.out}`)
  return { ...ended, json: JSON.parse(line) }
}

class Written {
  text = ''

  write(text: string, written?: () => void): void {
    this.text += text
    written?.()
  }
}
