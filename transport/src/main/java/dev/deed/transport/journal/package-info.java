/// A journal on disk: records of opaque bytes under keys, changed by cuts that are there as a whole
/// or not at all ([Journal]), and written by a thread that syncs once for all that has gathered
/// ([JournalLine]).
///
/// **Files.** One directory, this user's alone, used by one process at a time (`lock`). *Segments*
/// are numbered from 1 without a gap: `<number>.log` holds cuts, `<number>.base` stands for all
/// segments up to its number. A segment has a header of 64 bytes ([SegmentHead]) and then frames
/// ([Frame]), each with a checksum of its header, which depends on the segment and the place in it,
/// and one of its content. A base is written under a temporary name, synced and renamed, and only
/// then what it stands for is deleted; opening writes one too. So a file that was ever read as good
/// is never written again.
///
/// **Torn or damaged.** Each frame says up to which cut everything had been synced when it was
/// written. What can't be read at the end of the last segment is a torn tail, which was never
/// synced, unless a frame behind it says otherwise; that, and all else that can't be read, is a
/// [JournalCorruptException].
@NullMarked
package dev.deed.transport.journal;

import org.jspecify.annotations.NullMarked;
