using System.Globalization;
using System.Text.Json;
using Norris.Node.Peers;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Node;

/// <summary>Comparing this node's order with everybody's, for a person who wants to see it proven.</summary>
internal sealed partial class NodeLoop
{
    /// <summary>How long another node's entries may take to arrive here after that node told of them.</summary>
    private static readonly TimeSpan ComparisonPatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ComparisonInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Asks every other node how far its order goes and what its digest is there, and compares with this node's digest at the same place. The
    /// first result is this node's own; none at all when it is in no network. Any thread.
    /// </summary>
    public async Task<IReadOnlyList<DigestComparison>> CompareDigestsAsync(CancellationToken cancellation)
    {
        var query = new QueryInput<(DigestComparison Own, Member[] Others)?>(
            static loop => loop.Core.Self.IsNone ? null : (
                new DigestComparison(loop.Settings.Core.Name, DigestVerdict.Own, loop.Core.Log.Last, loop.Core.Log.Digest),
                [.. loop.Core.View.BySeniority.Where(member => member.Kind == MemberKind.Node && member.Id != loop.Core.Self).Select(static member => member.Copy())]),
            null);
        Post(query);
        return await query.Answer is var (own, others)
            ? [own, .. await Task.WhenAll(others.Select(member => CompareWithAsync(member, cancellation)))]
            : [];
    }

    private async Task<DigestComparison> CompareWithAsync(Member member, CancellationToken cancellation)
    {
        DigestComparison compared = await CompareOnceAsync(member, cancellation);
        // While the host changes, a node may hold entries for a moment that nobody was shown, and that will not be in the order.
        return compared.Verdict == DigestVerdict.Different ? await CompareOnceAsync(member, cancellation) : compared;
    }

    private async Task<DigestComparison> CompareOnceAsync(Member member, CancellationToken cancellation)
    {
        (ReadOnlyMemory<byte> view, ExchangeFailure failure) = await _calls.GetViewAsync(member.Address);
        if (view.IsEmpty || ReadPosition(view, member.Id) is not var (at, digest))
        {
            return new DigestComparison(member.Name, DigestVerdict.NoAnswer, default, default, Word(view.IsEmpty ? failure : ExchangeFailure.NotNorris));
        }
        long start = _time.GetTimestamp();
        while (true)
        {
            var query = new QueryInput<(bool IsThere, Digest? Own)>(
                loop => (loop.Core.Log.Last >= at, at >= loop.Core.Log.Before && at <= loop.Core.Log.Last ? loop.Core.Log.DigestAt(at) : null), (true, null));
            Post(query);
            (bool isThere, Digest? own) = await query.Answer;
            if (isThere || _time.GetElapsedTime(start) > ComparisonPatience)
            {
                DigestVerdict verdict = own is null ? DigestVerdict.NotComparable : own == digest ? DigestVerdict.Same : DigestVerdict.Different;
                return new DigestComparison(member.Name, verdict, at, digest);
            }
            await Task.Delay(ComparisonInterval, _time, cancellation);
        }
    }

    private static (SequenceNumber At, Digest Digest)? ReadPosition(ReadOnlyMemory<byte> view, MemberId member)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(view);
            JsonElement position = json.RootElement.GetProperty("position");
            // Another node may listen there by now.
            return json.RootElement.GetProperty("self").GetString() == member.ToString()
                ? (new SequenceNumber(position.GetProperty("seq").GetUInt64()),
                    new Digest(ulong.Parse(position.GetProperty("digest").GetString()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)))
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException or ArgumentNullException)
        {
            return null;
        }
    }
}
