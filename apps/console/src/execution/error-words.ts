import type { Schemas } from '../api/client.ts'

type ErrorClass = Schemas['ExecutionError']['class']

interface Words {
  readonly label: string
  readonly color: string
  readonly next: string
}

/** The four ways a call to an outside service can fail, and what each asks of the merchant. */
export const errorClassWords: Record<ErrorClass, Words> = {
  transient: {
    label: 'The service was busy or away',
    color: 'yellow',
    next: 'Run it again in a while. If it goes on, look at the service’s status page.',
  },
  configuration: {
    label: 'Credentials or settings',
    color: 'red',
    next: 'Correct the credentials or settings, test the connection, then run it again.',
  },
  permanent: {
    label: 'The service refused the input',
    color: 'orange',
    next: 'Correct what the message names, in the order, the address or the mapping.',
  },
  unknown: {
    label: 'Not known whether it was done',
    color: 'grape',
    next: 'Look in your account at the service before you run it again, so that it is not done twice.',
  },
}
