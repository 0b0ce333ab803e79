"""The registry in force and its stored versions; loading one that changes the past rebuilds what it touches."""

from pantau.domain.registry import Registry
from pantau.domain.registry_changes import changed_units
from pantau.embedded.pipeline import Pipeline
from storage.registries import add, newest, units_with_events, write_reference
from storage.store import Store
from storage.verify import rebuild


class Registries:
    """Stored versions of the registry."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def newest(self) -> Registry | None:
        """The registry that was loaded last, as stored."""
        loaded = newest(self._store)
        return loaded.registry if loaded else None

    def load(self, registry: Registry, pipeline: Pipeline, *, now: int) -> list[str]:
        """Store a registry, rebuild the units whose past it changes under a new epoch, and put it in force.

        Returns the rebuilt units. The registry is stored before the rebuild and the epoch after it, so a crash in
        between is seen at the next load and the rebuild done again, above whatever the crash left. Raises BadSetup,
        and changes nothing, for a registry without a unit that has events.
        """
        stored = newest(self._store)
        epoch = stored.epoch if stored else 0
        unfinished = epoch > pipeline.progress.epoch
        with_events = units_with_events(self._store, registry)
        write_reference(self._store, registry)
        if stored is not None and stored.registry.version == registry.version and not unfinished:
            pipeline.use(registry, epoch=pipeline.progress.epoch)
            return []
        if stored is None or unfinished:
            changed = sorted({unit for unit, _ in with_events})
        else:
            changed = changed_units(stored.registry, registry, with_events)
        epoch = max(epoch, pipeline.progress.epoch) + 1 if changed else pipeline.progress.epoch
        add(self._store, registry, epoch=epoch, now=now, after=stored)
        if changed:
            rebuild(self._store, registry, version=pipeline.version_at(epoch), units=changed)
        pipeline.use(registry, epoch=epoch)
        return changed
