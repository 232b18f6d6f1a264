/** A caller of the public HTTP API, as a stranger would write one. */
export interface Api {
  /** @returns status, headers and the parsed body (undefined when there is none). */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** As `call`, for what must succeed: throws with the problem otherwise. */
  get<T = Json>(path: string): Promise<T>
  post<T = Json>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T>
  put<T = Json>(path: string, body: unknown): Promise<T>
  patch<T = Json>(path: string, body: unknown): Promise<T>
  delete(path: string): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Json
}

export type Inspect = (method: string, path: string, answer: Answer) => void

/** JSON whose shape the reader asserts. */
export interface Json {
  readonly [name: string]: Json
}

/** `inspect` sees every answer, and throws at one that ought not to be. */
export function apiOf(gatewayUrl: string, token: string, inspect: Inspect = () => {}): Api {
  const call: Api['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${gatewayUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json') && text !== ''
    const answer = {
      status: response.status,
      headers: response.headers,
      body: (json ? JSON.parse(text) : text) as Json,
    }
    inspect(method, path, answer)
    return answer
  }
  const must = async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<T> => {
    const answer = await call(method, path, body, headers)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body as T
  }
  return {
    call,
    get: (path) => must('GET', path),
    post: (path, body, headers) => must('POST', path, body, headers),
    put: (path, body) => must('PUT', path, body),
    patch: (path, body) => must('PATCH', path, body),
    delete: (path) => must('DELETE', path),
  }
}
