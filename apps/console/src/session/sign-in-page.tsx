import { Button, Container, Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Logo } from '../shell/logo.tsx'
import { Disclosure } from '../ui/disclosure.tsx'
import { signInQuery } from './session.ts'
import { TokenForm } from './token-form.tsx'

/** For those who came without a sign-in link, or whose session has ended. `children`: what went wrong. */
export function SignInPage({ children }: { children?: ReactNode }) {
  const { data: ways, isPending } = useQuery(signInQuery)
  return (
    <Container component="main" size={480} py={96}>
      <title>Sign in · Cartly integrations</title>
      <Paper withBorder p="xl" radius="lg" shadow="sm">
        <Stack>
          <Logo />
          <Title order={1} size="h2">
            Sign in
          </Title>
          {children}
          {!isPending && (ways?.signInUrl ? <AtProvider signInUrl={ways.signInUrl} /> : <ByLink />)}
        </Stack>
      </Paper>
    </Container>
  )
}

const AtProvider = ({ signInUrl }: { signInUrl: string }) => (
  <>
    <Text c="dimmed">You come back to this page. Sessions end by themselves; your work is kept.</Text>
    <Button component="a" href={`${signInUrl}?returnTo=${encodeURIComponent(location.pathname + location.search)}`}>
      Sign in with your Cartly account
    </Button>
    <Disclosure label="Use a sign-in link">
      <TokenForm />
    </Disclosure>
  </>
)

const ByLink = () => (
  <>
    <Text c="dimmed">
      Open the sign-in link from your store’s settings, or the one that <code>npm start</code> printed. Sessions end by
      themselves; your work is kept.
    </Text>
    <TokenForm />
  </>
)
