/** A custom connector's definition for the sandbox's "Harbor Mail": OAuth with consent, a contact for each customer. */
export const contactsDefinition = (authorizationServerUrl: string): object => ({
  name: 'Harbor Mail',
  category: 'marketing',
  description: 'The sandbox mailing service: each new customer becomes a contact.',
  docsUrl: `${authorizationServerUrl}/.well-known/openid-configuration`,
  baseUrl: authorizationServerUrl,
  auth: {
    type: 'oauth2',
    grant: 'authorization_code',
    issuer: authorizationServerUrl,
    authorizationUrl: `${authorizationServerUrl}/auth`,
    tokenUrl: `${authorizationServerUrl}/token`,
    revocationUrl: `${authorizationServerUrl}/token/revocation`,
    scopes: ['openid', 'offline_access', 'contacts.read', 'contacts.write'],
    clientAuth: 'basic',
    authorizationParameters: { prompt: 'consent' },
  },
  testConnection: { request: { method: 'GET', path: '/api/account' }, expect: { status: [200] } },
  hooks: {
    add_contact: {
      description: 'Adds a customer to the contacts',
      on: ['customer.created'],
      steps: [
        {
          id: 'add',
          request: {
            method: 'POST',
            path: '/api/contacts',
            body: {
              email: { $: 'input.email' },
              firstName: { $: 'input.firstName' },
              lastName: { $: 'input.lastName' },
            },
          },
          expect: { status: [200, 201] },
          idempotency: { by: 'natural', because: 'a contact is known by its e-mail address' },
        },
      ],
      result: { contactId: { $: 'steps.add.id' } },
    },
  },
})
