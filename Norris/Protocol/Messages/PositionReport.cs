using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Protocol.Messages;

/// <summary>What a relay heard of one that follows through it.</summary>
/// <param name="Member">Who.</param>
/// <param name="Sequence">The last entry that it has, on the relay's own log.</param>
/// <param name="AgeMicroseconds">How long ago it said so, as the report is sent.</param>
internal readonly record struct PositionReport(MemberId Member, SequenceNumber Sequence, uint AgeMicroseconds);
