import type { FastifyReply } from 'fastify'

/** EasyPost's form of every failure. */
export const easypostError = (code: string, message: string, errors: object[] = []): object => ({
  error: { code, message, errors },
})

export const easypostFailure = (status: number): object =>
  easypostError(status === 429 ? 'RATE_LIMITED' : 'INTERNAL_SERVER_ERROR', `The sandbox was told to answer ${status}.`)

export const failed = (reply: FastifyReply, status: number, code: string, message: string, errors: object[] = []) =>
  reply.code(status).send(easypostError(code, message, errors))

export const notFound = (reply: FastifyReply): FastifyReply =>
  failed(reply, 404, 'NOT_FOUND', 'The requested resource could not be found.')

/** A parameter that is missing. */
export const required = (reply: FastifyReply, field: string): FastifyReply =>
  failed(reply, 422, 'PARAMETER.REQUIRED', 'A required parameter is missing.', [
    { field, message: 'cannot be blank', suggestion: null },
  ])
