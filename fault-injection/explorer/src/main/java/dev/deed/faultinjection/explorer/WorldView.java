package dev.deed.faultinjection.explorer;

import dev.deed.faultinjection.simulator.ClusterView;
import dev.deed.faultinjection.simulator.CoreFacts;
import dev.deed.faultinjection.simulator.WorkerView;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.MembershipLog;
import dev.deed.ownership.Message;
import dev.deed.ownership.heirs.HeirsConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// A state as the simulator's rules look at it. One object serves all states, one after another.
final class WorldView implements ClusterView {
  private final class Worker implements WorkerView {
    private final int index;
    private final WorkerId id;
    private final EstateId estate;

    Worker(int index) {
      this.index = index;
      this.id = cast.id(index);
      this.estate = cast.estate(index);
    }

    @Override
    public WorkerId id() {
      return id;
    }

    @Override
    public EstateId estate() {
      return estate;
    }

    @Override
    public boolean gone() {
      return world.gone(index);
    }

    @Override
    public CoreFacts facts() {
      return local();
    }

    private LocalState local() {
      return states.get(world.locals[index]);
    }

    @Override
    public Collection<Reference> handles() {
      return local().handles;
    }

    @Override
    public List<TaskSpec> waiting() {
      return local().waiting;
    }

    @Override
    public String toString() {
      return cast.name(index);
    }
  }

  private final Cast cast;
  private final LocalState.Table states;
  private final Letter.Table letters;
  private final LogState.Table logs;
  private final Known known;
  private final List<Worker> workers = new ArrayList<>();
  private WorldState world;

  WorldView(
      Cast cast,
      LocalState.Table states,
      Letter.Table letters,
      LogState.Table logs,
      Known known,
      WorldState first) {
    this.cast = cast;
    this.states = states;
    this.letters = letters;
    this.logs = logs;
    this.known = known;
    this.world = first;
    for (int i = 0; i < cast.size(); i++) {
      workers.add(new Worker(i));
    }
  }

  /// What has outlived servers.
  Known known() {
    return known;
  }

  /// From now on it shows this state.
  void show(WorldState shown) {
    world = shown;
  }

  @Override
  public List<? extends WorkerView> workers() {
    return workers;
  }

  @Override
  public WorkerView worker(WorkerId id) {
    return workers.get(cast.worker(id));
  }

  @Override
  public MembershipLog truth() {
    return logs.get(world.log).truth;
  }

  /// In `SYNC` nobody has a reference whose record can have been lost.
  @Override
  public boolean lost(Reference reference) {
    int set = world.known[cast.worker(reference.estate().creator())];
    return set != 0
        && cast.configuration.heirs().mode() != HeirsConfig.Mode.SYNC
        && !known.get(set).all().contains(reference.object());
  }

  @Override
  public boolean givenUp(EstateId estate) {
    return logs.get(world.log).givenUp.contains(estate);
  }

  @Override
  public Collection<Message> flying(WorkerView from, WorkerView to) {
    int[] link = world.link(cast.worker(from.id()), cast.worker(to.id()));
    if (link.length == 0) {
      return List.of();
    }
    List<Message> flying = new ArrayList<>(link.length);
    for (int letter : link) {
      Message message = letters.get(letter).message();
      if (message instanceof Message.TaskPush || message instanceof Message.ToEstate) {
        flying.add(message);
      }
    }
    return flying;
  }
}
