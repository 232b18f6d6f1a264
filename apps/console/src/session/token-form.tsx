import { Button, PasswordInput, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { sessionQuery, signIn } from './session.ts'

/** Signs in with a link or its token, pasted. */
export function TokenForm() {
  const client = useQueryClient()
  const [token, setToken] = useState('')
  const signingIn = useMutation({
    mutationFn: signIn,
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        signingIn.mutate(tokenIn(token))
      }}
    >
      <Stack>
        <PasswordInput
          label="Sign-in link or token"
          autoComplete="off"
          required
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
        {signingIn.error && <ProblemAlert error={signingIn.error} title="This token was not accepted" />}
        <Button type="submit" loading={signingIn.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}

/** People paste the whole link. */
const tokenIn = (text: string): string => text.trim().replace(/^.*#token=/, '')
