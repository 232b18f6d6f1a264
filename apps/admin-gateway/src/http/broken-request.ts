import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { HttpException } from '@nestjs/common'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { problemOf, PROBLEM_TYPE } from './problem.ts'
import { sendProblem } from './send-problem.ts'

const statuses: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }

/** Answers what is not an HTTP request, of which there is neither request nor reply, and closes the connection. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const status = statuses[error.code ?? ''] ?? 400
  const body = JSON.stringify(problemOf(new HttpException('', status)))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  else socket.destroy(error)
}

/** Answers a URL that the router cannot read, which no hook and no filter sees. */
export function refuseUrl({ statusCode = 400 }: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(new HttpException('', statusCode), request, reply)
}
