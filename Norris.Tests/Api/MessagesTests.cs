using System.Net;
using System.Text.Json;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary><c>POST /v1/messages</c>, as curl and scripts use it.</summary>
public sealed class MessagesTests : IAsyncLifetime
{
    private InProcessNode _node = null!;

    public async Task InitializeAsync() => _node = await InProcessNode.StartAsync("alice");

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/plain; charset=utf-8")]
    [InlineData("TEXT/PLAIN;charset=UTF-8")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task A_message_is_answered_with_its_place(string? mediaType)
    {
        using HttpResponseMessage response = await _node.SendAsync(HttpMethod.Post, "/v1/messages", "a=b&c=ü\n", mediaType);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        JsonElement place = await response.JsonAsync();
        Assert.Equal(["epoch", "seq", "time"], place.EnumerateObject().Select(each => each.Name));
        JsonElement heard = await _node.NextAsync("message");
        Assert.Equal("a=b&c=ü", heard.GetProperty("text").GetString());
        Assert.All(place.EnumerateObject(), member => Assert.Equal(member.Value.GetRawText(), heard.GetProperty(member.Name).GetRawText()));
    }

    [Theory]
    [InlineData("x", "x")]
    [InlineData("x\n", "x")]
    [InlineData("x\r\n", "x")]
    [InlineData("x\n\n", "x\n")]
    [InlineData(" x ", " x ")]
    [InlineData("a\nb", "a\nb")]
    public async Task One_line_end_at_the_end_is_not_part_of_the_message(string sent, string heard)
    {
        using HttpResponseMessage response = await _node.PostAsync(sent);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(heard, (await _node.NextAsync("message")).GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public Task An_empty_message_is_refused(string sent) => _node.PostAsync(sent).AssertProblemAsync(HttpStatusCode.BadRequest);

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { (byte)'a', 0xC3 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    public Task A_message_that_is_not_UTF_8_is_refused(byte[] sent) =>
        _node.SendBytesAsync(HttpMethod.Post, "/v1/messages", sent, "text/plain").AssertProblemAsync(HttpStatusCode.BadRequest);

    [Fact]
    public async Task A_message_of_64_KiB_is_taken_and_one_byte_more_is_too_large()
    {
        string largest = new('x', 64 * 1024);
        using HttpResponseMessage response = await _node.PostAsync(largest);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(largest, (await _node.NextAsync("message")).GetProperty("text").GetString());
        await _node.PostAsync(largest + "x").AssertProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("application/jsonx")]
    [InlineData("text/html")]
    [InlineData("application/octet-stream")]
    public Task What_is_not_text_is_refused(string mediaType) =>
        _node.SendAsync(HttpMethod.Post, "/v1/messages", "{}", mediaType).AssertProblemAsync(HttpStatusCode.UnsupportedMediaType);

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("00000000000000000000000000000000")]
    public async Task Whoever_shows_a_token_that_is_none_does_not_speak_as_the_node(string token)
    {
        await _node.PostAsync("as whom?", token).AssertProblemAsync(HttpStatusCode.Unauthorized);
        await _node.SendAsync(HttpMethod.Get, "/v1/events", token: token).AssertProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "https://127.0.0.1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_page_of_another_site_may_not_speak_listen_or_come_in(string name, string value)
    {
        await _node.SendAsync(HttpMethod.Post, "/v1/messages", "x", fields: (name, value)).AssertProblemAsync(HttpStatusCode.Forbidden);
        await _node.SendAsync(HttpMethod.Get, "/v1/events", fields: (name, value)).AssertProblemAsync(HttpStatusCode.Forbidden);
        await _node.SendAsync(HttpMethod.Post, "/v1/guests", "{\"name\":\"x\"}", fields: (name, value)).AssertProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_page_of_the_nodes_own_may_speak()
    {
        using HttpResponseMessage response = await _node.SendAsync(
            HttpMethod.Post, "/v1/messages", "x", fields: [("Origin", $"http://{_node.Address}"), ("Sec-Fetch-Site", "same-origin")]);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task Messages_of_many_at_once_each_get_a_place_of_their_own()
    {
        HttpResponseMessage[] responses = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => _node.PostAsync($"{n}")));
        JsonElement[] places = await Task.WhenAll(responses.Select(response => response.JsonAsync()));
        List<JsonElement> heard = await _node.HearMessagesAsync(200);
        var bySeq = heard.Where(each => each.GetProperty("type").GetString() == "message")
            .ToDictionary(each => each.GetProperty("seq").GetUInt64(), each => each.GetProperty("text").GetString());
        Assert.Equal(200, bySeq.Count);
        Assert.All(places.Index(), each => Assert.Equal($"{each.Index}", bySeq[each.Item.GetProperty("seq").GetUInt64()]));
    }
}
