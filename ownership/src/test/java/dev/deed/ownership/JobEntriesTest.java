package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which jobs there are, as the membership log says.
class JobEntriesTest {
  private static final WorkerId FIRST = new WorkerId(1, 1);
  private static final WorkerId SECOND = new WorkerId(1, 2);
  private static final WorkerId THIRD = new WorkerId(1, 3);
  private static final WorkerId HEIR = new WorkerId(1, 4);
  private static final TaskId MAIN = TaskId.root(1, 1);
  private static final EstateId ESTATE = new EstateId(FIRST);

  private final MembershipLog log = new MembershipLog();

  @BeforeEach
  void begin() {
    for (WorkerId id : List.of(FIRST, SECOND, THIRD, HEIR)) {
      boolean driver = !id.equals(HEIR);
      Demand capacity = driver ? Demand.NONE : Demand.ONE_CPU;
      apply(new Entry.Join(new Member(id, "host", "127.0.0.1", 4000, 17, driver, capacity)));
    }
    assertThat(apply(new Entry.JobBegun("sums", FIRST, MAIN))).isTrue();
  }

  private boolean apply(Entry entry) {
    return log.apply(log.followed() + 1, entry);
  }

  private void die(WorkerId worker) {
    assertThat(apply(new Entry.Death(worker, true, "killed"))).isTrue();
  }

  private void heirIsFull() {
    assertThat(apply(new Entry.Heirs(ESTATE, 1, 0, List.of(new Entry.Heir(HEIR, true))))).isTrue();
  }

  @Test
  void aNameIsTakenWhileItsJobIsThere() {
    assertThat(log.job("sums")).contains(new Job("sums", ESTATE, MAIN, FIRST));
    assertThat(log.jobOf(ESTATE)).isEqualTo(log.job("sums"));
    assertThat(apply(new Entry.JobBegun("sums", SECOND, MAIN))).isFalse();
    heirIsFull();
    die(FIRST);
    assertThat(apply(new Entry.JobBegun("sums", SECOND, MAIN))).isFalse();
    assertThat(log.job("sums")).contains(new Job("sums", ESTATE, MAIN, FIRST));
  }

  @Test
  void aDriverBeginsOneJob() {
    assertThat(apply(new Entry.JobBegun("others", FIRST, MAIN))).isFalse();
    assertThat(log.job("others")).isEmpty();
  }

  @Test
  void aJobIsResumedByOneDriverWhenItsLastOneIsDead() {
    heirIsFull();
    assertThat(apply(new Entry.JobResumed("sums", SECOND))).isFalse();
    die(FIRST);
    assertThat(apply(new Entry.JobResumed("others", SECOND))).isFalse();
    assertThat(apply(new Entry.JobResumed("sums", new WorkerId(1, 9)))).isFalse();
    assertThat(apply(new Entry.JobResumed("sums", SECOND))).isTrue();
    assertThat(apply(new Entry.JobResumed("sums", THIRD))).isFalse();
    assertThat(log.job("sums")).contains(new Job("sums", ESTATE, MAIN, SECOND));
    assertThat(log.server(ESTATE)).contains(HEIR);
    die(SECOND);
    assertThat(apply(new Entry.JobResumed("sums", THIRD))).isTrue();
  }

  @Test
  void aJobWhoseRecordsAreLostIsNotResumedAndItsNameIsFree() {
    die(FIRST);
    assertThat(log.closed(ESTATE)).isTrue();
    assertThat(log.job("sums")).isPresent();
    assertThat(apply(new Entry.JobResumed("sums", SECOND))).isFalse();
    assertThat(apply(new Entry.JobBegun("sums", SECOND, MAIN))).isTrue();
    assertThat(log.job("sums")).map(Job::estate).contains(new EstateId(SECOND));
  }

  @Test
  void whileItsDriverLivesOnlyThatEndsAJob() {
    assertThat(apply(new Entry.JobEnded("sums", ESTATE, HEIR))).isFalse();
    assertThat(apply(new Entry.JobEnded("sums", new EstateId(SECOND), FIRST))).isFalse();
    assertThat(apply(new Entry.JobEnded("sums", ESTATE, FIRST))).isTrue();
    assertThat(apply(new Entry.JobEnded("sums", ESTATE, FIRST))).isFalse();
    assertThat(log.jobs()).isEmpty();
  }

  @Test
  void anybodyEndsAJobWhoseDriverIsDead() {
    heirIsFull();
    die(FIRST);
    assertThat(apply(new Entry.JobEnded("sums", ESTATE, THIRD))).isTrue();
    assertThat(log.job("sums")).isEmpty();
    assertThat(apply(new Entry.JobBegun("sums", SECOND, MAIN))).isTrue();
  }
}
