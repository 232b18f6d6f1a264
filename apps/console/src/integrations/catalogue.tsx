import { Badge, Card, Chip, Group, SimpleGrid, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconSearch } from '@tabler/icons-react'
import { Link, useSearchParams } from 'react-router'
import { useStoreId } from '../shell/use-store-id.ts'
import { Empty } from '../ui/empty.tsx'
import { Read } from '../ui/read.tsx'
import { categoryWords } from './category-words.ts'
import classes from './catalogue.module.css'
import { templatesQuery, type Template } from './queries.ts'
import { TemplateIcon } from './template-icon.tsx'
import { matches } from './template-search.ts'

/** The services that can be connected; category and words are kept in the address. */
export function Catalogue() {
  const templates = useQuery(templatesQuery)
  const [search, setSearch] = useSearchParams()
  const q = search.get('q') ?? ''
  const category = search.get('category') ?? ''
  const set = (name: string, value: string) =>
    setSearch(
      (present) => {
        if (value) present.set(name, value)
        else present.delete(name)
        return present
      },
      { replace: true, preventScrollReset: true },
    )
  return (
    <Stack>
      <Group align="flex-end">
        <TextInput
          label="Search the catalogue"
          placeholder="Shippo, shipping, e-mail …"
          type="search"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={q}
          onChange={(event) => set('q', event.currentTarget.value)}
          flex="1 1 280px"
          maw={420}
        />
      </Group>
      <Read query={templates} what="the catalogue" loading={<Waiting />}>
        {(all) => {
          const found = all.filter((template) => matches(template, q, category))
          return (
            <>
              <Chip.Group value={category} onChange={(value) => set('category', String(value))}>
                <Group gap="xs" role="group" aria-label="Category">
                  <Chip value="">All</Chip>
                  {[...new Set(all.map((template) => template.category))].toSorted().map((name) => (
                    <Chip key={name} value={name}>
                      {categoryWords(name)}
                    </Chip>
                  ))}
                </Group>
              </Chip.Group>
              <Text size="sm" c="dimmed" role="status">
                {found.length === 1 ? '1 service' : `${found.length} services`}
              </Text>
              {found.length === 0 ? (
                <Empty title="No service fits">
                  Try another word, or create a custom integration: anything with an HTTP API can be connected.
                </Empty>
              ) : (
                <SimpleGrid component="ul" cols={{ base: 1, xs: 2, md: 3 }} p={0} m={0} style={{ listStyle: 'none' }}>
                  {found.map((template) => (
                    <TemplateCard key={template.slug} template={template} />
                  ))}
                </SimpleGrid>
              )}
            </>
          )
        }}
      </Read>
    </Stack>
  )
}

function TemplateCard({ template: { slug, name, icon, category, description } }: { template: Template }) {
  const storeId = useStoreId()
  return (
    <Card component="li" withBorder padding="md" className={classes.card}>
      <Group wrap="nowrap" align="flex-start">
        <TemplateIcon icon={icon} name={name} />
        <Stack gap={4} miw={0}>
          <Title order={3} size="h5">
            <Link className={classes.link} to={`/stores/${storeId}/integrations/new/${slug}`}>
              {name}
            </Link>
          </Title>
          <Text size="sm" c="dimmed" lineClamp={3}>
            {description}
          </Text>
          <Badge variant="light" color="gray" tt="none" fw={500} mt={4}>
            {categoryWords(category)}
          </Badge>
        </Stack>
      </Group>
    </Card>
  )
}

const Waiting = () => (
  <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} role="status" aria-label="Loading the catalogue">
    {Array.from({ length: 6 }, (_, index) => (
      <Skeleton key={index} height={130} />
    ))}
  </SimpleGrid>
)
