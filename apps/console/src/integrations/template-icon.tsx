import { Avatar } from '@mantine/core'

/** A service's sign. As an image it can neither run scripts nor load anything. */
export function TemplateIcon({ icon, name, size = 40 }: { icon?: string | undefined; name: string; size?: number }) {
  if (!icon) {
    return (
      <Avatar size={size} radius="md" color="brand" aria-hidden>
        {name.slice(0, 1).toUpperCase()}
      </Avatar>
    )
  }
  return (
    <img
      src={`data:image/svg+xml,${encodeURIComponent(icon)}`}
      width={size}
      height={size}
      alt=""
      style={{ borderRadius: 10, flexShrink: 0 }}
    />
  )
}
