//! One layout of a slide's boxes: taffy's algorithms over our tree, and the boxes that taffy does not place.

use taffy::{
    AlignItems, AvailableSpace, Baselines, CacheTree, Layout, LayoutFlexboxContainer, LayoutGridContainer, LayoutInput,
    LayoutOutput, LayoutPartialTree, NodeId, RequestedAxis, RunMode, Size, SizingMode, Style, TraversePartialTree,
    compute_cached_layout, compute_flexbox_layout, compute_grid_layout, compute_leaf_layout,
};

use super::boxes::{BoxId, Boxes, Content};
use super::free;
use crate::text::TextContext;

/// A slide's boxes while they are laid out.
pub(crate) struct Solver<'b, 'd> {
    pub boxes: &'b mut Boxes<'d>,
    pub text: &'b mut TextContext,
}

/// Lays out a whole slide with its texts at their present sizes. What has not changed since is not measured again.
pub(crate) fn solve(boxes: &mut Boxes<'_>, text: &mut TextContext) {
    let page = boxes.nodes[0].size;
    let mut solver = Solver { boxes, text };
    solver.lay_out_at(0, page, page);
}

impl Solver<'_, '_> {
    /// Lays out a box and all inside it at a given size.
    pub(crate) fn lay_out_at(&mut self, id: BoxId, size: Size<f32>, parent: Size<f32>) {
        let inputs = LayoutInput {
            run_mode: RunMode::PerformLayout,
            known_dimensions: size.map(Some),
            ..inputs(parent, size.map(AvailableSpace::Definite))
        };
        self.compute_child_layout(NodeId::from(id), inputs);
    }

    /// A box's size where some sides are known.
    pub(crate) fn measure(
        &mut self,
        id: BoxId,
        known: Size<Option<f32>>,
        available: Size<AvailableSpace>,
        parent: Size<f32>,
    ) -> Size<f32> {
        let inputs = LayoutInput { known_dimensions: known, ..inputs(parent, available) };
        self.compute_child_layout(NodeId::from(id), inputs).size
    }

    fn compute(&mut self, node: NodeId, inputs: LayoutInput) -> LayoutOutput {
        let id = usize::from(node);
        let content = self.boxes.nodes[id].content;
        let is_empty = self.boxes.nodes[id].flow.is_empty();
        let output = match content {
            Content::Flex if !is_empty => compute_flexbox_layout(self, node, inputs),
            Content::Grid if !is_empty => compute_grid_layout(self, node, inputs),
            Content::Flex | Content::Grid => self.leaf(id, inputs, |_, _| Size::ZERO),
            Content::Free => {
                let extent =
                    if inputs.known_dimensions.both_axis_defined() { Size::ZERO } else { free::extent(self, id) };
                self.leaf(id, inputs, |_, _| extent)
            }
            Content::Natural { size, ratio } => self.leaf(id, inputs, |known, _| natural_size(size, ratio, known)),
            Content::Text(index) => self.text_leaf(id, index, inputs),
        };
        if inputs.run_mode == RunMode::PerformLayout {
            free::place_children(self, id, output.size);
        }
        output
    }

    fn leaf(
        &self,
        id: BoxId,
        inputs: LayoutInput,
        measure: impl FnOnce(Size<Option<f32>>, Size<AvailableSpace>) -> Size<f32>,
    ) -> LayoutOutput {
        compute_leaf_layout(inputs, &self.boxes.nodes[id].style, |_, _| 0.0, measure)
    }

    fn text_leaf(&mut self, id: BoxId, index: usize, inputs: LayoutInput) -> LayoutOutput {
        let wants_baseline = self.aligns_by_baseline(id);
        let Boxes { nodes, texts, .. } = &mut *self.boxes;
        let text_box = &mut texts[index];
        let context = &mut *self.text;
        let mut output = compute_leaf_layout(
            inputs,
            &nodes[id].style,
            |_, _| 0.0,
            |known, available| text_box.measure(context, known, available),
        );
        if wants_baseline {
            output.baselines = Baselines::from_first(text_box.baseline(context, output.size.width));
        }
        output
    }

    /// Baselines cost a placing of the text, and few rows ask for them.
    fn aligns_by_baseline(&self, id: BoxId) -> bool {
        let mut next = Some(id);
        while let Some(id) = next {
            let node = &self.boxes.nodes[id];
            let parent = node.parent.map(|parent| &self.boxes.nodes[parent].style);
            let own = node.style.align_self;
            if own == Some(AlignItems::BASELINE)
                || parent.is_some_and(|parent| parent.align_items == AlignItems::BASELINE)
            {
                return true;
            }
            next = node.parent;
        }
        false
    }
}

fn inputs(parent: Size<f32>, available: Size<AvailableSpace>) -> LayoutInput {
    LayoutInput {
        run_mode: RunMode::ComputeSize,
        sizing_mode: SizingMode::InherentSize,
        axis: RequestedAxis::Both,
        known_dimensions: Size::NONE,
        known_dimensions_are_definite: Size { width: true, height: true },
        parent_size: parent.map(Some),
        available_space: available,
        vertical_margins_are_collapsible: taffy::Line::FALSE,
    }
}

fn natural_size(own: Size<f32>, ratio: Option<f32>, known: Size<Option<f32>>) -> Size<f32> {
    match (known.width, known.height, ratio) {
        (Some(width), Some(height), _) => Size { width, height },
        (Some(width), None, Some(ratio)) => Size { width, height: width / ratio },
        (None, Some(height), Some(ratio)) => Size { width: height * ratio, height },
        (width, height, _) => Size { width: width.unwrap_or(own.width), height: height.unwrap_or(own.height) },
    }
}

pub(crate) struct ChildIds<'a>(std::slice::Iter<'a, BoxId>);

impl Iterator for ChildIds<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        self.0.next().copied().map(NodeId::from)
    }
}

impl TraversePartialTree for Solver<'_, '_> {
    type ChildIter<'a>
        = ChildIds<'a>
    where
        Self: 'a;

    fn child_ids(&self, parent: NodeId) -> ChildIds<'_> {
        ChildIds(self.boxes.nodes[usize::from(parent)].flow.iter())
    }

    fn child_count(&self, parent: NodeId) -> usize {
        self.boxes.nodes[usize::from(parent)].flow.len()
    }

    fn get_child_id(&self, parent: NodeId, index: usize) -> NodeId {
        NodeId::from(self.boxes.nodes[usize::from(parent)].flow[index])
    }
}

impl LayoutPartialTree for Solver<'_, '_> {
    type CoreContainerStyle<'a>
        = &'a Style
    where
        Self: 'a;
    type CustomIdent = String;

    fn get_core_container_style(&self, node: NodeId) -> &Style {
        &self.boxes.nodes[usize::from(node)].style
    }

    fn set_unrounded_layout(&mut self, node: NodeId, layout: &Layout) {
        let found = &mut self.boxes.nodes[usize::from(node)];
        found.location = layout.location;
        found.size = layout.size;
    }

    fn compute_child_layout(&mut self, node: NodeId, inputs: LayoutInput) -> LayoutOutput {
        compute_cached_layout(self, node, inputs, Self::compute)
    }
}

impl CacheTree for Solver<'_, '_> {
    fn cache_get(&mut self, node: NodeId, inputs: &LayoutInput) -> Option<LayoutOutput> {
        self.boxes.nodes[usize::from(node)].cache.get(inputs)
    }

    fn cache_store(&mut self, node: NodeId, inputs: &LayoutInput, output: LayoutOutput) {
        self.boxes.nodes[usize::from(node)].cache.store(inputs, output);
    }

    fn cache_clear(&mut self, node: NodeId) {
        self.boxes.nodes[usize::from(node)].cache.clear();
    }
}

impl LayoutFlexboxContainer for Solver<'_, '_> {
    type FlexboxContainerStyle<'a>
        = &'a Style
    where
        Self: 'a;
    type FlexboxItemStyle<'a>
        = &'a Style
    where
        Self: 'a;

    fn get_flexbox_container_style(&self, node: NodeId) -> &Style {
        &self.boxes.nodes[usize::from(node)].style
    }

    fn get_flexbox_child_style(&self, child: NodeId) -> &Style {
        &self.boxes.nodes[usize::from(child)].style
    }
}

impl LayoutGridContainer for Solver<'_, '_> {
    type GridContainerStyle<'a>
        = &'a Style
    where
        Self: 'a;
    type GridItemStyle<'a>
        = &'a Style
    where
        Self: 'a;

    fn get_grid_container_style(&self, node: NodeId) -> &Style {
        &self.boxes.nodes[usize::from(node)].style
    }

    fn get_grid_child_style(&self, child: NodeId) -> &Style {
        &self.boxes.nodes[usize::from(child)].style
    }
}
