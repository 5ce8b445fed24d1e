using System.Text;
using Microsoft.Extensions.Logging;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>Writes who comes and goes, and who is host, to the node's log, as it is delivered here.</summary>
internal static class MembershipLog
{
    /// <summary>Writes an entry that is no message.</summary>
    /// <param name="log">Where to.</param>
    /// <param name="roster">The view before the entry.</param>
    /// <param name="sequence">The entry's place.</param>
    /// <param name="entry">A well-formed entry.</param>
    public static void Note(ILogger log, Roster roster, SequenceNumber sequence, in Entry entry)
    {
        if (!log.IsEnabled(LogLevel.Information))
        {
            return;
        }
        EntryType type = entry.Type;
        string newName = type == EntryType.Joined ? Shown(entry.JoinedName) : type == EntryType.Renamed ? Shown(entry.NewName) : "";
        string name = roster.NameOf(entry.Subject);
        switch (type)
        {
            case EntryType.Joined:
                NodeLog.MemberJoined(log, sequence, newName, entry.Subject);
                break;
            case EntryType.Left:
                NodeLog.MemberLeft(log, sequence, name, entry.Subject, entry.Reason);
                break;
            case EntryType.Renamed:
                NodeLog.MemberRenamed(log, sequence, name, entry.Subject, newName);
                break;
            case EntryType.EpochStarted:
                NodeLog.EpochStarted(log, sequence, entry.NewEpoch, name, entry.Subject);
                break;
            default:
                break;
        }
    }

    private static string Shown(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(SafeText.OneLine(name));
}
