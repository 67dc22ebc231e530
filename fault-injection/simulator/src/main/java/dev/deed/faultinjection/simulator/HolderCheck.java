package dev.deed.faultinjection.simulator;

/// Invariant 12 in a run: [HolderRule] at every survey.
final class HolderCheck implements Check {
  private final HolderRule rule;

  HolderCheck(World world) {
    this.rule = new HolderRule(world);
  }

  @Override
  public void survey() {
    rule.survey();
  }

  @Override
  public void quiescent() {
    rule.quiescent();
  }
}
