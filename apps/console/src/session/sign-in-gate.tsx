import { Center, Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { sessionQuery } from './session.ts'
import { SignInPage } from './sign-in-page.tsx'
import { SessionContext } from './use-session.ts'

/** Shows the console to those who are signed in, and the way in to all others. */
export function SignInGate({ children }: { children: ReactNode }) {
  const { data, error, isPending, refetch } = useQuery(sessionQuery)
  if (isPending) {
    return (
      <Center h="100vh" role="status" aria-label="Signing in">
        <Loader />
      </Center>
    )
  }
  if (data) return <SessionContext value={data}>{children}</SessionContext>
  return (
    <SignInPage>{error && <ProblemAlert error={error} title="Signing in did not work" retry={refetch} />}</SignInPage>
  )
}
