import type { Schemas } from '../api/client.ts'

type ErrorClass = Schemas['ExecutionError']['class']

interface Words {
  readonly label: string
  readonly color: string
  /** What it means for the merchant. */
  readonly meaning: string
  readonly next: string
}

/** The four ways a call to an outside service can fail, and what each asks of the merchant. */
export const errorClassWords: Record<ErrorClass, Words> = {
  transient: {
    label: 'The service was busy or away',
    color: 'yellow',
    meaning: 'Nothing was done at the service, and nothing is wrong on your side.',
    next: 'Run it again in a while. If it goes on, look at the service’s status page.',
  },
  configuration: {
    label: 'Credentials or settings',
    color: 'red',
    meaning: 'The service refused the connector as it is set up. Every run will fail until that is changed.',
    next: 'Correct the credentials or settings, test the connection, then run it again.',
  },
  permanent: {
    label: 'The service refused the input',
    color: 'orange',
    meaning: 'The service understood what was asked and will not do it. The same input will fail again.',
    next: 'Correct what the message names, in the order, the address or the mapping.',
  },
  unknown: {
    label: 'Not known whether it was done',
    color: 'grape',
    meaning: 'The request was sent but no answer came. It may have been done.',
    next: 'Look in your account at the service before you run it again, so that it is not done twice.',
  },
}
