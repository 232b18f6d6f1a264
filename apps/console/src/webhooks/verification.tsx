import { Alert, Code, Group, Stack, Tabs, Text } from '@mantine/core'
import { JsonView } from '../json/json-view.tsx'
import { Copy } from '../ui/copy.tsx'
import { Section } from '../ui/section.tsx'
import { snippets } from './snippets.ts'

/** How a receiver checks that a request is the store's own. */
export function Verification({ signature, publicKey }: { signature: 'v1' | 'v1a'; publicKey?: string | undefined }) {
  return (
    <Section
      title="Check the signature"
      description="Requests follow Standard Webhooks, for which there are libraries in most languages. Check the raw body, before it is parsed."
    >
      {signature === 'v1a' && (
        <Alert color="blue" title="This webhook signs with a key pair">
          <Stack gap={4}>
            <Text size="sm">
              Signatures begin with <Code>v1a,</Code> and are checked with this public key: there is no secret to keep.
            </Text>
            {publicKey && (
              <Group gap={4}>
                <Code>{publicKey}</Code>
                <Copy value={publicKey} what="public key" />
              </Group>
            )}
          </Stack>
        </Alert>
      )}
      <Tabs defaultValue="TypeScript" keepMounted={false}>
        <Tabs.List>
          {snippets[signature].map(({ language }) => (
            <Tabs.Tab key={language} value={language}>
              {language}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippets[signature].map(({ language, install, code }) => (
          <Tabs.Panel key={language} value={language} pt="sm">
            <Stack gap="xs">
              {install && (
                <Text size="sm">
                  <Code>{install}</Code>
                </Text>
              )}
              <JsonView label={`Verification in ${language}`} value={code} maxHeight={480} />
            </Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Section>
  )
}
