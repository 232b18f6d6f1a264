import { Button, Container, PasswordInput, Paper, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { Logo } from '../shell/logo.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { sessionQuery, signIn } from './session.ts'

/** For those who came without a sign-in link, or whose session has ended. `children`: what went wrong. */
export function SignInPage({ children }: { children?: ReactNode }) {
  const client = useQueryClient()
  const [token, setToken] = useState('')
  const signingIn = useMutation({
    mutationFn: signIn,
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  })
  return (
    <Container component="main" size={480} py={96}>
      <title>Sign in · Cartly integrations</title>
      <Paper withBorder p="xl" radius="lg" shadow="sm">
        <Stack>
          <Logo />
          <Title order={1} size="h2">
            Sign in
          </Title>
          <Text c="dimmed">
            Open the sign-in link from your store’s settings, or the one that <code>npm start</code> printed. Sessions
            end by themselves; your work is kept.
          </Text>
          {children}
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
        </Stack>
      </Paper>
    </Container>
  )
}

/** People paste the whole link. */
const tokenIn = (text: string): string => text.trim().replace(/^.*#token=/, '')
