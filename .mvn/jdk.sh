# Finds a JDK that can build and run Deed. Sourced by deed, mvnw and .ci/run; plain POSIX sh.

DEED_JAVA=25

# deed_is_jdk FOLDER: whether it holds a JDK of at least that version, by its "release" file, which
# costs no start of a JVM.
deed_is_jdk() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS='=' read -r deed_key deed_value; do
    [ "$deed_key" = JAVA_VERSION ] || continue
    deed_value=${deed_value#\"}
    deed_value=${deed_value%%[!0-9]*}
    [ "${deed_value:-0}" -ge "$DEED_JAVA" ]
    return
  done < "$1/release"
  return 1
}

# deed_find_jdk: exports JAVA_HOME; false when there is none.
deed_find_jdk() {
  for deed_jdk in \
    "${JAVA_HOME:-}" \
    /usr/lib/jvm/* \
    /usr/java/* \
    /opt/java/* \
    "${SDKMAN_DIR:-${HOME:-}/.sdkman}"/candidates/java/* \
    "${HOME:-}"/.jdks/* \
    "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if deed_is_jdk "$deed_jdk"; then
      JAVA_HOME=$deed_jdk
      export JAVA_HOME
      return 0
    fi
  done
  if [ -x /usr/libexec/java_home ]; then
    deed_jdk=$(/usr/libexec/java_home -v "$DEED_JAVA+" 2>/dev/null) || return 1
    if deed_is_jdk "$deed_jdk"; then
      JAVA_HOME=$deed_jdk
      export JAVA_HOME
      return 0
    fi
  fi
  return 1
}

# deed_need_jdk: the same, but ends the script with status 2 and one sentence when there is none.
deed_need_jdk() {
  deed_find_jdk && return 0
  echo "deed: no JDK $DEED_JAVA or later was found: install one (a package such as temurin-$DEED_JAVA-jdk or openjdk-$DEED_JAVA-jdk) or set JAVA_HOME to its folder." >&2
  exit 2
}
