using System.Globalization;
using Norris.Node.Delivery;
using Norris.Protocol;

namespace Norris.Terminal.Drawing;

/// <summary>The line above the input: where one is, and how it goes. On a narrow terminal it tells less, the most important first.</summary>
internal static class StatusRow
{
    private const string Between = " │ ";

    /// <summary>The line, as wide as the screen.</summary>
    /// <param name="status">The node's state.</param>
    /// <param name="isSecured">Whether the network has a secret.</param>
    /// <param name="unseen">What is below the screen while the person looks back; null when nobody does.</param>
    /// <param name="columns">The screen's width.</param>
    public static Run Of(in NodeStatus status, bool isSecured, long? unseen, int columns)
    {
        List<(int Rank, string Text)> parts =
        [
            (0, unseen switch
            {
                null => "",
                0 => "looking back, PgDn",
                1 => "1 new below, PgDn",
                { } count => string.Create(CultureInfo.InvariantCulture, $"{count} new below, PgDn"),
            }),
            (7, status.Network == 0 ? "" : $"network {status.Network >> 48:x4}"),
            (2, status.Members == 0 ? "" : status.Members == 1 ? "1 member" : string.Create(CultureInfo.InvariantCulture, $"{status.Members} members")),
            (1, HostOf(status)),
            (5, status.Network == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"epoch {status.Epoch.Value}")),
            (4, status.Network == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"#{status.Delivered.Value}")),
            (6, DelayOf(status)),
            (3, isSecured ? "secured" : "open"),
        ];
        parts.RemoveAll(static part => part.Text.Length == 0);
        string line = Line(parts);
        while (parts.Count > 1 && CharacterWidth.OfText(line) > columns)
        {
            parts.Remove(parts.MaxBy(static part => part.Rank));
            line = Line(parts);
        }
        line = CharacterWidth.Fit(line, columns);
        return new Run(line + new string(' ', Math.Max(0, columns - CharacterWidth.OfText(line))), Ink.Status);
    }

    private static string Line(List<(int Rank, string Text)> parts) => $" {string.Join(Between, parts.Select(static part => part.Text))}";

    private static string HostOf(in NodeStatus status) => status.Role switch
    {
        NodeRole.Hosting when !status.HasMajority => "NO MAJORITY",
        NodeRole.Hosting => "you are the host",
        NodeRole.Following when !status.HasMajority => "NO MAJORITY",
        NodeRole.Following => $"host {status.Host}",
        NodeRole.TakingOver => "host lost, looking for another",
        NodeRole.HandingOver => "handing over",
        NodeRole.Merging => "merging",
        NodeRole.Gone => "not in a network",
        _ => "joining",
    };

    private static string DelayOf(in NodeStatus status) => status.Role is not (NodeRole.Hosting or NodeRole.Following) || status.DelayMicroseconds == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{status.DelayMicroseconds / 1000.0:0.0} ms");
}
