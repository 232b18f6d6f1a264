import { createContext, use } from 'react'
import { mayUse, type Scope, type Session } from './session.ts'

export const SessionContext = createContext<Session | null>(null)

/** The session of whoever is signed in. Only below the sign-in gate. */
export function useSession(): Session {
  const session = use(SessionContext)
  if (!session) throw new Error('There is no session here')
  return session
}

/** Whether the signed-in person may do this; controls that would be refused are not offered. */
export const useMay = (scope: Scope): boolean => mayUse(useSession(), scope)
