//! A video of another site. The frame holds a document of ours, the poster, whose link leads to the player: the
//! visitor's browser connects to the other site only when the visitor asks for it. A lazy frame in closed
//! `details` would not do: without JavaScript a browser loads it at once
//! (<https://html.spec.whatwg.org/multipage/urls-and-fetching.html#will-lazy-load-element-steps>).

use crate::component::{Component, Drawn, Out, Placed, Undrawable};
use crate::cx::Cx;
use crate::icons::icon;
use crate::messages::Messages;
use crate::parts::{self, Loading};
use crate::write::{Text, maybe, push_attribute, push_text, text, write};
use crate::{registry, theme};
use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use model::asset::Image;
use model::content_url::StyleName;
use model::schema::Field;
use serde::Deserialize;

pub const COMPONENT: Component = Component {
    name: "video",
    css: include_str!("video.css"),
    frames: &[YOUTUBE, VIMEO],
    draw,
    ..Component::BASE
};

/// Of each provider the host that keeps least about visitors.
const YOUTUBE: &str = "https://www.youtube-nocookie.com";
const VIMEO: &str = "https://player.vimeo.com";

/// Longest id of a video; those of YouTube have 11 characters, those of Vimeo up to 10 digits.
const MAX_ID: usize = 20;

pub fn schema() -> Vec<Field> {
    vec![
        Field::text("title", 160).required(),
        Field::choice("provider", &["youtube", "vimeo"]).required(),
        Field::text("video", MAX_ID).required(),
        Field::image("poster").required(),
        Field::text("caption", 300),
    ]
}

#[derive(Deserialize)]
struct Props<'a> {
    #[serde(borrow)]
    title: Text<'a>,
    provider: Provider,
    #[serde(borrow)]
    video: Text<'a>,
    #[serde(borrow)]
    poster: Image<'a>,
    #[serde(borrow, default)]
    caption: Option<Text<'a>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Provider {
    Youtube,
    Vimeo,
}

impl Provider {
    fn name(self) -> &'static str {
        match self {
            Self::Youtube => "YouTube",
            Self::Vimeo => "Vimeo",
        }
    }

    fn origin(self) -> &'static str {
        match self {
            Self::Youtube => YOUTUBE,
            Self::Vimeo => VIMEO,
        }
    }

    /// Address of the player. The visitor has asked to play, so it starts.
    fn player(self, id: &str) -> Result<String, Undrawable> {
        let is_id = (1..=MAX_ID).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        if !is_id {
            let remedy = "use the video's id of up to 20 letters, digits, - and _, not its address";
            return Err(Undrawable(format!("video: {remedy}")));
        }
        Ok(match self {
            Self::Youtube => format!("{YOUTUBE}/embed/{id}?autoplay=1"),
            Self::Vimeo => format!("{VIMEO}/video/{id}?autoplay=1&dnt=1"),
        })
    }
}

fn draw(placed: &Placed, cx: &Cx, out: &mut Out) -> Drawn {
    let props: Props = placed.props()?;
    let player = props.provider.player(props.video.as_str())?;
    let document = Text(poster(&props, &player, placed, cx).into());
    let allow = format!("autoplay {0}; encrypted-media {0}; picture-in-picture {0}", props.provider.origin());
    let view = view! {
        {parts::heading(Some(&props.title), None)}
        <figure>
            <iframe
                srcdoc=&document
                title=&props.title
                width="960"
                height="540"
                allow=allow
                allowfullscreen
                referrerpolicy="strict-origin-when-cross-origin"
                {..custom_attribute("loading", "lazy")}
            ></iframe>
            {maybe(props.caption.as_ref(), |caption| view! {
                <figcaption>{text(caption.as_str())}</figcaption>
            })}
        </figure>
    };
    write(view, &mut out.html);
    Ok(())
}

/// The document in the frame. It has the page's policy and the site's style sheet for this one component.
fn poster(props: &Props, player: &str, placed: &Placed, cx: &Cx) -> String {
    let words = Messages::of(cx.locale);
    let components = registry::find(COMPONENT.name).map_or(0, |(place, _)| 1 << place);
    let style = StyleName { theme: cx.site.theme.hash.clone(), build: theme::build_digest(), components };
    let mut out = String::from("<!doctype html><html");
    push_attribute(&mut out, "lang", cx.locale.as_str());
    push_attribute(&mut out, "dir", if cx.locale.is_rtl() { "rtl" } else { "ltr" });
    out.push_str("><head><title>");
    push_text(&mut out, props.title.as_str());
    out.push_str("</title><link rel=\"stylesheet\"");
    push_attribute(&mut out, "href", &style.url());
    out.push_str("></head><body class=\"video-poster\">");
    let view = view! {
        <a href=player.to_owned() referrerpolicy="strict-origin-when-cross-origin">
            {parts::picture(cx, &props.poster, "100vw", Loading::of(placed.is_first()))}
            <span class="play">{icon("play")}<span>{text(words.play)}</span></span>
            <span class="connects">{text(words.video_notice)}" "{text(props.provider.name())}</span>
        </a>
    };
    write(view, &mut out);
    out.push_str("</body></html>");
    out
}

#[cfg(test)]
mod tests {
    use crate::testing::{Page, draw};
    use serde_json::{Value, json};

    fn props(provider: &str, video: &str) -> Value {
        let poster =
            json!({"asset": "cafe", "name": "p", "ext": "svg", "width": 80, "height": 45, "alt": "\"><b>"});
        json!({"title": "Rye & <salt>", "provider": provider, "video": video, "poster": poster})
    }

    /// What the frame holds before it is played, unescaped.
    fn poster(html: &str) -> String {
        let (_, rest) = html.split_once("<iframe srcdoc=\"").unwrap();
        let escaped = rest.split_once('"').unwrap().0;
        let plain =
            escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
        plain.replace("&amp;", "&")
    }

    #[test]
    fn the_frame_has_no_address_and_holds_a_poster_that_leads_to_the_player() {
        let html = draw("video", props("youtube", "a-B_9"));
        assert!(!html.contains(" src=\"http"), "{html}");
        assert!(
            html.ends_with(
                "title=\"Rye &amp; &lt;salt&gt;\" width=\"960\" height=\"540\" allow=\"autoplay \
                 https://www.youtube-nocookie.com; \
                 encrypted-media https://www.youtube-nocookie.com; picture-in-picture \
                 https://www.youtube-nocookie.com\" \
                 allowfullscreen referrerpolicy=\"strict-origin-when-cross-origin\" loading=\"lazy\">\
                 </iframe></figure></section>"
            ),
            "{html}"
        );
        let poster = poster(&html);
        assert!(
            poster.starts_with(
                "<!doctype html><html lang=\"en\" dir=\"ltr\"><head><title>Rye &amp; &lt;salt&gt;</title>\
                 <link rel=\"stylesheet\" href=\"/-/style/feed/"
            ),
            "{poster}"
        );
        assert!(
            poster.ends_with(
                "<body class=\"video-poster\"><a \
                 href=\"https://www.youtube-nocookie.com/embed/a-B_9?autoplay=1\" \
                 referrerpolicy=\"strict-origin-when-cross-origin\">\
                 <img src=\"/-/file/cafe/p.svg\" width=\"80\" height=\"45\" alt=\"&quot;&gt;&lt;b&gt;\" \
                 fetchpriority=\"high\">\
                 <span class=\"play\"><svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\" \
                 focusable=\"false\">\
                 <path d=\"M8 5v14l11-7z\"/></svg><span>Play video</span></span>\
                 <span class=\"connects\">Playing this video connects you to YouTube</span></a></body></html>"
            ),
            "{poster}"
        );
    }

    #[test]
    fn what_is_not_an_id_is_not_drawn() {
        for bad in ["", "https://youtu.be/x", "a?b", "a/../b", "a\"b", "0123456789012345678901234", "é"] {
            let page = Page::default().render(&json!([{"component": "video", "props": props("vimeo", bad)}]));
            assert!(!page.body.contains("<iframe"), "{bad}");
            assert_eq!(page.notes.len(), 1, "{bad}");
        }
    }

    #[test]
    fn the_page_says_which_frames_it_may_hold() {
        let page =
            Page::default().render(&json!([{"component": "video", "props": props("vimeo", "7654321")}]));
        assert_eq!(page.frames, ["https://www.youtube-nocookie.com", "https://player.vimeo.com"]);
        let player = "href=\"https://player.vimeo.com/video/7654321?autoplay=1&amp;dnt=1\"";
        assert!(poster(&page.body).contains(player), "{}", page.body);
    }
}
