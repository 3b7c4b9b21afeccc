import { Alert, Button, PasswordInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { createClient } from '../api/client.ts'
import { RequestError } from '../api/requestError.ts'
import { Brand } from './Brand.tsx'
import classes from './KeyForm.module.css'

interface Props {
  /** True when a key that was in use is no longer accepted. */
  readonly refused: boolean
  readonly onUnlock: (secretKey: string) => void
}

/** Asks for the workspace's secret key and tries it before going on. */
export function KeyForm({ refused, onUnlock }: Props) {
  const [key, setKey] = useState('')
  const [trying, setTrying] = useState(false)
  const [problem, setProblem] = useState<string>()

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    setTrying(true)
    setProblem(undefined)
    try {
      await createClient(key.trim()).status()
      onUnlock(key.trim())
    } catch (error) {
      setProblem(problemInWords(error))
      setTrying(false)
    }
  }

  return (
    <main className={classes.page}>
      <form className={classes.form} onSubmit={(event) => void submit(event)}>
        <Brand />
        <p className={classes.words}>
          Enter the secret key of your workspace. It was printed when the workspace was created, and
          is kept in this tab only.
        </p>
        {refused && !problem && (
          <Alert color="gray" variant="light" role="status">
            The key in use is no longer accepted.
          </Alert>
        )}
        <PasswordInput
          label="Secret key"
          name="secret-key"
          autoComplete="off"
          required
          value={key}
          error={problem}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <Button type="submit" loading={trying} fullWidth>
          Open the console
        </Button>
      </form>
    </main>
  )
}

function problemInWords(error: unknown): string {
  if (!(error instanceof RequestError)) return 'The key could not be tried.'
  if (error.status === 401) return 'This key is not known here.'
  if (error.status === 403) return 'This key may only collect. The console needs the secret key.'
  return error.passing ? 'The server does not answer. Try again.' : error.message
}
